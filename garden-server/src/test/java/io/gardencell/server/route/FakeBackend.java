package io.gardencell.server.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.api.Capacity;
import io.gardencell.api.ContainerInfo;
import io.gardencell.api.ContainerInfoEntry;
import io.gardencell.api.ContainerMetricsEntry;
import io.gardencell.api.ContainerSpec;
import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.api.Limits;
import io.gardencell.api.Metrics;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.ProcessSpec;
import io.gardencell.api.spi.PortForward;
import io.gardencell.server.stream.FakeProcess;
import io.gardencell.server.stream.RunningProcess;
import io.gardencell.server.stream.Streams;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Containers that exist in memory alone. */
public final class FakeBackend implements ContainerBackend {

  final Map<Handle, FakeContainer> containers = new ConcurrentHashMap<>();
  final List<ContainerSpec> created = new CopyOnWriteArrayList<>();
  final AtomicInteger destroyCalls = new AtomicInteger();
  final Streams streams;
  volatile Map<String, String> lastFilter = Map.of();
  volatile Runnable beforeDestroy = () -> {};
  public volatile Runnable onPing = () -> {};
  volatile Runnable onCreate = () -> {};
  volatile Supplier<Capacity> capacity = () -> new Capacity(0, 0, 0, -1);

  FakeBackend(Streams streams) {
    this.streams = streams;
  }

  public FakeContainer add(String handle) {
    FakeContainer container = new FakeContainer(handle);
    containers.put(Handle.known(handle), container);
    return container;
  }

  FakeContainer only() {
    assertThat(containers).hasSize(1);
    return containers.values().iterator().next();
  }

  @Override
  public void ping() {
    onPing.run();
  }

  @Override
  public Capacity capacity() {
    return capacity.get();
  }

  @Override
  public Handle create(ContainerSpec spec) {
    onCreate.run();
    created.add(spec);
    Handle handle = spec.handle().isEmpty() ? Handle.random() : Handle.parse(spec.handle());
    add(handle.value()).graceTime = spec.graceTime();
    return handle;
  }

  @Override
  public void destroy(Handle handle) {
    get(handle);
    destroyCalls.incrementAndGet();
    beforeDestroy.run();
    get(handle).processes.values().forEach(process -> process.close("container is gone"));
    containers.remove(handle);
  }

  @Override
  public List<String> handles(Map<String, String> propertyFilter) {
    lastFilter = propertyFilter;
    return containers.keySet().stream().map(Handle::value).sorted().toList();
  }

  @Override
  public Map<String, ContainerInfoEntry> bulkInfo(List<String> handles) {
    Map<String, ContainerInfoEntry> entries = new LinkedHashMap<>();
    for (String handle : handles) {
      entries.put(
          handle,
          find(handle)
              .map(c -> new ContainerInfoEntry(c.info(), null))
              .orElseGet(
                  () -> ContainerInfoEntry.failed(new GardenException.ContainerNotFound(handle))));
    }
    return entries;
  }

  @Override
  public Map<String, ContainerMetricsEntry> bulkMetrics(List<String> handles) {
    Map<String, ContainerMetricsEntry> entries = new LinkedHashMap<>();
    for (String handle : handles) {
      entries.put(
          handle,
          find(handle)
              .map(c -> new ContainerMetricsEntry(c.metrics(), null))
              .orElseGet(
                  () ->
                      ContainerMetricsEntry.failed(new GardenException.ContainerNotFound(handle))));
    }
    return entries;
  }

  private Optional<FakeContainer> find(String handle) {
    return Optional.ofNullable(containers.get(Handle.known(handle)));
  }

  @Override
  public FakeContainer get(Handle handle) {
    return find(handle.value())
        .orElseThrow(() -> new GardenException.ContainerNotFound(handle.value()));
  }

  /** One of them. */
  public final class FakeContainer implements BackendContainer {

    final String handle;
    final Map<String, String> properties = new ConcurrentHashMap<>();
    final Map<String, RunningProcess> processes = new ConcurrentHashMap<>();
    final List<NetOutRule> rules = new ArrayList<>();
    final List<String> streamedIn = new CopyOnWriteArrayList<>();
    final CompletableFuture<Void> uploadBegun = new CompletableFuture<>();
    final CompletableFuture<Void> uploaded = new CompletableFuture<>();
    volatile @Nullable CountDownLatch holdUpload;
    volatile byte[] received = new byte[0];
    volatile FakeProcess process = new FakeProcess();
    volatile Duration graceTime = Duration.ZERO;
    volatile Runnable onStop = () -> {};
    volatile Runnable onSetGraceTime = () -> {};
    volatile Limits limits = Limits.NONE;
    volatile Runnable onRun = () -> {};
    volatile int mostBytesRead = Integer.MAX_VALUE;
    volatile Metrics metrics = Metrics.NONE;
    volatile @Nullable ContainerInfo info;
    volatile FileSource source = new BytesSource(new byte[0]);

    FakeContainer(String handle) {
      this.handle = handle;
    }

    @Override
    public ContainerInfo info() {
      ContainerInfo fixed = info;
      if (fixed != null) {
        return fixed;
      }
      return new ContainerInfo(
          "active", null, "", "", "", "", "", null, Map.copyOf(properties), List.of());
    }

    @Override
    public Metrics metrics() {
      return metrics;
    }

    @Override
    public void stop(boolean kill) {
      onStop.run();
    }

    @Override
    public Limits limits() {
      return limits;
    }

    @Override
    public Map<String, String> properties() {
      return Map.copyOf(properties);
    }

    @Override
    public String property(String key) {
      String value = properties.get(key);
      if (value == null) {
        throw GardenException.propertyNotFound(key);
      }
      return value;
    }

    @Override
    public void setProperty(String key, String value) {
      properties.put(key, value);
    }

    @Override
    public void removeProperty(String key) {
      properties.remove(key);
    }

    @Override
    public Duration graceTime() {
      return graceTime;
    }

    @Override
    public void setGraceTime(Duration value) {
      onSetGraceTime.run();
      graceTime = value;
    }

    @Override
    public PortForward netIn(int hostPort, int containerPort) {
      return new PortForward(hostPort, containerPort);
    }

    @Override
    public void netOut(List<NetOutRule> more) {
      rules.addAll(more);
    }

    @Override
    public void streamIn(String user, String destination, InputStream tar) throws IOException {
      streamedIn.add(user + "@" + destination);
      uploadBegun.complete(null);
      CountDownLatch hold = holdUpload;
      if (hold != null) {
        ServerLifeTest.await(hold);
      }
      try {
        received = tar.readNBytes(mostBytesRead);
        uploaded.complete(null);
      } catch (IOException e) {
        uploaded.completeExceptionally(e);
        throw e;
      }
    }

    @Override
    public FileSource streamOut(String user, String from) {
      if (from.equals("missing")) {
        throw GardenException.failure("no such file: " + from);
      }
      return source;
    }

    @Override
    public RunningProcess run(ProcessSpec spec) {
      onRun.run();
      RunningProcess running =
          streams.start(handle, spec.id().isEmpty() ? "p1" : spec.id(), process);
      processes.put(running.id(), running);
      return running;
    }

    @Override
    public RunningProcess attach(String processId) {
      RunningProcess running = processes.get(processId);
      if (running == null) {
        throw new GardenException.ProcessNotFound(processId);
      }
      return running;
    }
  }

  /** Gives bytes; then breaks if it shall. */
  public static final class BytesSource implements BackendContainer.FileSource {

    private static final int PIECE = 1 << 16;

    private final byte[] bytes;
    volatile boolean breaks;
    volatile long written;
    final CompletableFuture<Boolean> closed = new CompletableFuture<>();

    BytesSource(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      for (int at = 0; at < bytes.length; at += PIECE) {
        out.write(bytes, at, Math.min(PIECE, bytes.length - at));
        written = Math.min(at + PIECE, bytes.length);
      }
      if (breaks) {
        throw new IOException("source broke");
      }
    }

    @Override
    public void close() {
      closed.complete(true);
    }
  }
}
