package io.gardencell.server.gardener;

import io.gardencell.api.BandwidthLimits;
import io.gardencell.api.ContainerInfo;
import io.gardencell.api.CpuLimits;
import io.gardencell.api.DiskLimits;
import io.gardencell.api.GardenException;
import io.gardencell.api.Limits;
import io.gardencell.api.MappedPort;
import io.gardencell.api.MemoryLimits;
import io.gardencell.api.Metrics;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.PidLimits;
import io.gardencell.api.ProcessSpec;
import io.gardencell.api.WireJson;
import io.gardencell.api.spi.ContainerState;
import io.gardencell.api.spi.NetworkAddress;
import io.gardencell.api.spi.NetworkResult;
import io.gardencell.api.spi.PortForward;
import io.gardencell.server.files.ContainerPath;
import io.gardencell.server.files.ContainerRoot;
import io.gardencell.server.files.TarReceiver;
import io.gardencell.server.files.TarSource;
import io.gardencell.server.gardener.GardenerSettings.Deadlines;
import io.gardencell.server.route.BackendContainer;
import io.gardencell.server.stream.RunningProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Garden's operations on one container (guardian: gardener/container.go). Any thread; blocks. */
final class GardenContainer implements BackendContainer {

  static final String GRACE_TIME = "garden.grace-time";
  private static final String RUN_STATE = "rundmc.state";
  private static final String EVENTS = "rundmc.events";
  private static final int MOST_EVENTS = 100;

  private final Cell cell;
  private final LiveContainer container;
  private final ContainerProcesses processes;
  private final MetricsSampler sampler;

  GardenContainer(Cell cell, LiveContainer container) {
    this.cell = cell;
    this.container = container;
    processes = new ContainerProcesses(cell, container);
    sampler = new MetricsSampler(cell, container);
  }

  LiveContainer live() {
    return container;
  }

  ContainerProcesses processes() {
    return processes;
  }

  Destruction destruction() {
    return new Destruction(cell, container, processes);
  }

  @Override
  public ContainerInfo info() {
    container.requireThere();
    Map<String, String> properties = properties();
    String events = properties.getOrDefault(EVENTS, "");
    List<String> ids = processes.ids();
    return new ContainerInfo(
        "stopped".equals(properties.get(RUN_STATE)) ? "stopped" : "active",
        events.isEmpty() ? null : List.of(events.split(",")),
        properties.getOrDefault(NetworkResult.HOST_IP, ""),
        properties.getOrDefault(NetworkResult.CONTAINER_IP, ""),
        properties.getOrDefault(NetworkResult.CONTAINER_IPV6, ""),
        properties.getOrDefault(NetworkResult.EXTERNAL_IP, ""),
        cell.states().bundle(container.handle().value()).toString(),
        ids.isEmpty() ? null : ids,
        properties,
        mappedPorts(properties));
  }

  private static List<MappedPort> mappedPorts(Map<String, String> properties) {
    String text = properties.getOrDefault(NetworkResult.MAPPED_PORTS, "");
    if (text.isEmpty()) {
      return List.of();
    }
    try {
      return WireJson.decodeList(text.getBytes(StandardCharsets.UTF_8), MappedPort.class);
    } catch (GardenException invalid) {
      // A client may have written the property.
      return List.of();
    }
  }

  @Override
  public Metrics metrics() {
    try (LiveContainer.Use use = container.use()) {
      return call("metrics", deadlines().metrics(), attempt -> sampler.sample());
    }
  }

  @Override
  public void stop(boolean kill) {
    try (LiveContainer.Use use = container.use()) {
      call(
          "stop",
          deadlines().stop(),
          attempt -> {
            processes.stop(kill);
            return true;
          });
      setProperty(RUN_STATE, "stopped");
    }
  }

  @Override
  public Limits limits() {
    container.requireThere();
    Limits limits = container.saved().limits();
    long memory = limits.memory().limitInBytes();
    return new Limits(
        BandwidthLimits.NONE,
        new CpuLimits(0, limits.cpu().shares()),
        DiskLimits.NONE,
        new MemoryLimits(memory < 0 ? Long.MAX_VALUE : memory),
        PidLimits.NONE);
  }

  @Override
  public Map<String, String> properties() {
    container.requireThere();
    return new TreeMap<>(container.saved().properties());
  }

  @Override
  public String property(String key) {
    String value = properties().get(key);
    if (value == null) {
      throw GardenException.failure("property does not exist: " + key);
    }
    return value;
  }

  @Override
  public void setProperty(String key, String value) {
    container.requireThere();
    change(properties -> properties.put(key, value));
  }

  @Override
  public void removeProperty(String key) {
    container.requireThere();
    change(properties -> properties.remove(key));
  }

  private void change(java.util.function.Consumer<Map<String, String>> change) {
    container.updateProperties(cell.settings().bounds().propertyChars(), change);
  }

  @Override
  public Duration graceTime() {
    String nanos = properties().getOrDefault(GRACE_TIME, "0");
    try {
      return Duration.ofNanos(Long.parseLong(nanos));
    } catch (NumberFormatException e) {
      throw GardenException.failure("property " + GRACE_TIME + ": '" + nanos + "' is no number", e);
    }
  }

  @Override
  public void setGraceTime(Duration graceTime) {
    setProperty(GRACE_TIME, Long.toString(graceTime.toNanos()));
  }

  @Override
  public PortForward netIn(int hostPort, int containerPort) {
    try (LiveContainer.Use use = container.use()) {
      NetworkAddress address = address();
      PortForward mapped =
          call(
              "net-in",
              deadlines().run(),
              attempt -> cell.plugins().network().netIn(address, hostPort, containerPort));
      change(
          properties -> {
            List<MappedPort> ports = new ArrayList<>(mappedPorts(properties));
            MappedPort added = new MappedPort(mapped.hostPort(), mapped.containerPort());
            if (!ports.contains(added)) {
              ports.add(added);
            }
            properties.put(
                NetworkResult.MAPPED_PORTS,
                new String(WireJson.encode(ports), StandardCharsets.UTF_8).strip());
          });
      return mapped;
    }
  }

  @Override
  public void netOut(List<NetOutRule> rules) {
    try (LiveContainer.Use use = container.use()) {
      NetworkAddress address = address();
      int total = container.saved().netOut().size() + rules.size();
      if (total > cell.settings().bounds().rules()) {
        throw GardenException.failure(
            "rules: %d (expected: at most %d)".formatted(total, cell.settings().bounds().rules()));
      }
      call(
          "net-out",
          deadlines().run(),
          attempt -> {
            cell.plugins().network().netOut(address, rules);
            return true;
          });
      container.update(
          saved -> {
            List<NetOutRule> all = new ArrayList<>(saved.netOut());
            all.addAll(rules);
            return saved.withNetOut(all);
          });
    }
  }

  private NetworkAddress address() {
    Map<String, String> properties = properties();
    String ip = properties.get(NetworkResult.CONTAINER_IP);
    if (ip == null) {
      throw GardenException.failure("cannot find container [" + container.handle() + "]\n");
    }
    return new NetworkAddress(
        container.handle().value(),
        properties.getOrDefault(NetworkResult.EXTERNAL_IP, cell.settings().policy().externalIp()),
        ip);
  }

  @Override
  public void streamIn(String user, String destination, InputStream tar) throws IOException {
    try (LiveContainer.StreamUse use = container.stream()) {
      ContainerPath path = ContainerPath.ofUser(user, destination);
      new TarReceiver(new ContainerRoot(root()).makeDirectory(path), use::isCancelled).receive(tar);
    }
  }

  // The use goes over to the source, which ends it; a failure before ends it here.
  @Override
  public FileSource streamOut(String user, String source) {
    LiveContainer.StreamUse use = container.stream();
    boolean done = false;
    try {
      TarSource tar =
          TarSource.open(
              new ContainerRoot(root()), ContainerPath.ofUser(user, source), use::isCancelled);
      done = true;
      return new UsedSource(tar, use);
    } catch (IOException e) {
      throw GardenException.failure("stream-out: " + source + ": " + e.getMessage(), e);
    } finally {
      if (!done) {
        use.close();
      }
    }
  }

  private record UsedSource(TarSource tar, LiveContainer.StreamUse use) implements FileSource {

    @Override
    public void writeTo(OutputStream out) throws IOException {
      tar.writeTo(out);
    }

    @Override
    public void close() {
      use.close();
    }
  }

  @Override
  public RunningProcess run(ProcessSpec spec) {
    try (LiveContainer.Use use = container.use()) {
      Duration deadline = spec.image().isEmpty() ? deadlines().run() : deadlines().create();
      return call("run", deadline, attempt -> processes.run(spec, attempt));
    }
  }

  @Override
  public RunningProcess attach(String processId) {
    container.requireThere();
    return processes.attach(processId);
  }

  /** Adds an event for Info; beyond a bound the oldest goes. */
  void event(String text) {
    change(
        properties -> {
          String before = properties.getOrDefault(EVENTS, "");
          List<String> events =
              new ArrayList<>(before.isEmpty() ? List.of() : List.of(before.split(",")));
          events.add(text.replace(',', ' '));
          int excess = Math.max(0, events.size() - MOST_EVENTS);
          properties.put(EVENTS, String.join(",", events.subList(excess, events.size())));
        });
  }

  private java.nio.file.Path root() {
    ContainerState state = container.runtime();
    if (state == null) {
      throw GardenException.failure("container init process is not running");
    }
    return state.root();
  }

  private <T> T call(String operation, Duration deadline, HostCalls.Operation<T> work) {
    return cell.calls().call(operation + " " + container.handle(), deadline, work);
  }

  private Deadlines deadlines() {
    return cell.settings().deadlines();
  }
}
