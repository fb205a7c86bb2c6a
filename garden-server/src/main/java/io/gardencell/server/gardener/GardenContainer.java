package io.gardencell.server.gardener;

import io.gardencell.api.BandwidthLimits;
import io.gardencell.api.ContainerInfo;
import io.gardencell.api.CpuLimits;
import io.gardencell.api.DiskLimits;
import io.gardencell.api.GardenException;
import io.gardencell.api.Limits;
import io.gardencell.api.MemoryLimits;
import io.gardencell.api.Metrics;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.PidLimits;
import io.gardencell.api.ProcessSpec;
import io.gardencell.api.spi.NetworkResult;
import io.gardencell.api.spi.PortForward;
import io.gardencell.server.cell.Cell;
import io.gardencell.server.cell.CellSettings.Deadlines;
import io.gardencell.server.cell.HostCalls;
import io.gardencell.server.cell.LiveContainer;
import io.gardencell.server.log.LogSession;
import io.gardencell.server.process.ContainerProcesses;
import io.gardencell.server.route.BackendContainer;
import io.gardencell.server.stream.RunningProcess;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Garden's operations on one container (guardian: gardener/container.go). Any thread; blocks. */
final class GardenContainer implements BackendContainer {

  private static final Logger log = LoggerFactory.getLogger(GardenContainer.class);

  static final String GRACE_TIME = "garden.grace-time";
  private static final String RUN_STATE = "rundmc.state";
  private static final String EVENTS = "rundmc.events";
  private static final int MOST_EVENTS = 100;

  private final Cell cell;
  private final LiveContainer container;
  private final ContainerProcesses processes;
  private final ContainerNetwork network;
  private final ContainerFiles files;
  private final MetricsSampler sampler;

  GardenContainer(Cell cell, LiveContainer container) {
    this.cell = cell;
    this.container = container;
    processes = new ContainerProcesses(cell, container);
    network = new ContainerNetwork(cell, container);
    files = new ContainerFiles(container);
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
        cell.depot().bundle(container.handle().value()).toString(),
        ids.isEmpty() ? null : ids,
        properties,
        ContainerNetwork.mappedPorts(properties));
  }

  @Override
  public Metrics metrics() {
    container.requireUsable();
    return sampler.sample(deadlines().metrics());
  }

  MetricsSampler sampler() {
    return sampler;
  }

  @Override
  public void stop(boolean kill) {
    using(
        "stop",
        deadlines().stop(),
        attempt -> {
          processes.stop(kill);
          setProperty(RUN_STATE, "stopped");
          return true;
        });
  }

  @Override
  public Limits limits() {
    container.requireThere();
    Limits limits = container.saved().origin().limits();
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
      throw GardenException.propertyNotFound(key);
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

  private void change(Consumer<Map<String, String>> change) {
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
    return using(
        "net-in", deadlines().run(), attempt -> network.netIn(hostPort, containerPort, attempt));
  }

  @Override
  public void netOut(List<NetOutRule> rules) {
    using(
        "net-out",
        deadlines().run(),
        attempt -> {
          network.netOut(rules, attempt);
          return true;
        });
  }

  @Override
  public void streamIn(String user, String destination, InputStream tar) throws IOException {
    files.streamIn(user, destination, tar);
  }

  @Override
  public FileSource streamOut(String user, String source) {
    return files.streamOut(user, source);
  }

  @Override
  public RunningProcess run(ProcessSpec spec) {
    Duration deadline = spec.image().isEmpty() ? deadlines().run() : deadlines().create();
    try (LogSession session = LogSession.of("run").with(container.handle().value())) {
      log.atInfo().addKeyValue("path", spec.path()).log("started");
      RunningProcess process = using("run", deadline, attempt -> processes.run(spec, attempt));
      log.atInfo().addKeyValue("id", process.id()).log("finished");
      return process;
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

  /** The use ends with the operation, which may be long after its caller gave it up. */
  private <T> T using(String operation, Duration deadline, HostCalls.Operation<T> work) {
    LiveContainer.Use use = container.use();
    return cell.calls()
        .call(
            operation + " " + container.handle(),
            deadline,
            attempt -> {
              try (use) {
                return work.run(attempt);
              }
            },
            use::close);
  }

  private Deadlines deadlines() {
    return cell.settings().deadlines();
  }
}
