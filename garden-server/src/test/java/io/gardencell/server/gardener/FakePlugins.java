package io.gardencell.server.gardener;

import io.gardencell.api.GardenException;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.oci.OciMount;
import io.gardencell.api.oci.OciProcess;
import io.gardencell.api.oci.OciWindows;
import io.gardencell.api.spi.ContainerEvent;
import io.gardencell.api.spi.ContainerProcess;
import io.gardencell.api.spi.ContainerState;
import io.gardencell.api.spi.ContainerState.Status;
import io.gardencell.api.spi.ContainerStats;
import io.gardencell.api.spi.DiskUsage;
import io.gardencell.api.spi.ImagePlugin;
import io.gardencell.api.spi.ImageRequest;
import io.gardencell.api.spi.ListedProcess;
import io.gardencell.api.spi.NetworkAddress;
import io.gardencell.api.spi.NetworkPlugin;
import io.gardencell.api.spi.NetworkRecord;
import io.gardencell.api.spi.NetworkRequest;
import io.gardencell.api.spi.NetworkResult;
import io.gardencell.api.spi.PortForward;
import io.gardencell.api.spi.RootFilesystem;
import io.gardencell.api.spi.RuntimePlugin;
import io.gardencell.api.spi.Traffic;
import io.gardencell.server.cell.Plugins;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Three plugins that remember what they made, so that a second Gardener finds it again; calls can
 * be told to fail or to hang. Every call is noted as {@code <plugin>.<operation> <handle>}.
 */
final class FakePlugins {

  final List<String> calls = new CopyOnWriteArrayList<>();
  final Set<String> volumes = new ConcurrentSkipListSet<>();
  final Map<String, NetworkRequest> networks = new ConcurrentSkipListMap<>();
  final Map<String, ContainerState> systems = new ConcurrentSkipListMap<>();
  final Map<Long, FakeContainerProcess> processes = new ConcurrentHashMap<>();
  final List<ImageRequest> images = new CopyOnWriteArrayList<>();
  final List<OciProcess> started = new CopyOnWriteArrayList<>();
  final List<NetworkAddress> addresses = new CopyOnWriteArrayList<>();
  final Map<String, List<ListedProcess>> listed = new ConcurrentHashMap<>();
  final List<PortForward> forwards = new CopyOnWriteArrayList<>();
  final List<NetOutRule> rules = new CopyOnWriteArrayList<>();
  final List<Set<String>> reconciled = new CopyOnWriteArrayList<>();
  NetworkResult network =
      new NetworkResult(
          Map.of(
              NetworkResult.CONTAINER_IP,
              "172.30.0.2",
              NetworkResult.MAPPED_PORTS,
              "[{\"HostPort\":40000,\"ContainerPort\":8080}]"),
          List.of(),
          List.of());
  long initPid = 4711;
  volatile boolean killsFail;
  private final Path root;
  private final Map<String, Integer> failures = new ConcurrentHashMap<>();
  private final Map<String, CountDownLatch> hangs = new ConcurrentHashMap<>();
  private final AtomicLong lastPid = new AtomicLong(5000);
  private volatile Consumer<ContainerEvent> listener = event -> {};

  /** Containers have their files below {@code root}. */
  FakePlugins(Path root) {
    this.root = root;
  }

  Plugins plugins() {
    return new Plugins(new Image(), new Network(), new Runtime());
  }

  /** The next calls of this operation fail with its name as their text. */
  void fail(String operation, int times) {
    failures.put(operation, times);
  }

  /** Calls of this operation wait until the latch is down. */
  CountDownLatch hang(String operation) {
    CountDownLatch latch = new CountDownLatch(1);
    hangs.put(operation, latch);
    return latch;
  }

  /** The noted calls of one container, without its handle. */
  List<String> callsOf(String handle) {
    return calls.stream()
        .filter(call -> call.endsWith(" " + handle))
        .map(call -> call.substring(0, call.indexOf(' ')))
        .toList();
  }

  /** What there is of any container. */
  List<String> leftovers() {
    List<String> left = new ArrayList<>();
    volumes.forEach(h -> left.add("volume " + h));
    networks.keySet().forEach(h -> left.add("network " + h));
    systems.keySet().forEach(h -> left.add("system " + h));
    return left;
  }

  void tell(ContainerEvent event) {
    listener.accept(event);
  }

  private void enter(String operation, String handle) {
    calls.add(operation + " " + handle);
    CountDownLatch latch = hangs.get(operation);
    if (latch != null) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    Integer left = failures.computeIfPresent(operation, (o, n) -> n > 0 ? n - 1 : null);
    if (left != null) {
      throw GardenException.failure(operation + " failed");
    }
  }

  private final class Image implements ImagePlugin {

    @Override
    public RootFilesystem create(ImageRequest request) {
      enter("image.create", request.handle());
      images.add(request);
      volumes.add(request.handle());
      return new RootFilesystem(
          "\\\\?\\Volume{aaaa-bbbb}\\",
          List.of("IMG=1", "PATH=c:\\win"),
          List.of(new OciMount("C:\\imgmount", "", "C:\\src", List.of())),
          new OciWindows(List.of("C:\\layers\\top", "C:\\layers\\base"), null, null));
    }

    @Override
    public void delete(String handle) {
      enter("image.delete", handle);
      volumes.remove(handle);
    }

    @Override
    public DiskUsage usage(String handle) {
      enter("image.usage", handle);
      if (!volumes.contains(handle)) {
        throw GardenException.failure("no volume " + handle);
      }
      return new DiskUsage(100, 7);
    }

    @Override
    public OptionalLong capacity() {
      enter("image.capacity", "");
      return OptionalLong.of(12345);
    }

    @Override
    public Set<String> handles() {
      enter("image.handles", "");
      return Set.copyOf(volumes);
    }
  }

  private final class Network implements NetworkPlugin {

    @Override
    public NetworkResult up(NetworkRequest request) {
      enter("network.up", request.handle());
      networks.put(request.handle(), request);
      return network;
    }

    @Override
    public void down(String handle) {
      enter("network.down", handle);
      networks.remove(handle);
    }

    @Override
    public PortForward netIn(NetworkAddress container, int hostPort, int containerPort) {
      enter("network.net-in", container.handle());
      addresses.add(container);
      int host = hostPort == 0 ? 40001 : hostPort;
      PortForward mapped = new PortForward(host, containerPort == 0 ? host : containerPort);
      forwards.add(mapped);
      return mapped;
    }

    @Override
    public void undoNetIn(NetworkAddress container, PortForward mapped) {
      enter("network.undo-net-in", container.handle());
      forwards.remove(mapped);
    }

    @Override
    public void netOut(NetworkAddress container, List<NetOutRule> added) {
      enter("network.net-out", container.handle());
      rules.addAll(added);
    }

    @Override
    public void undoNetOut(NetworkAddress container, List<NetOutRule> added) {
      enter("network.undo-net-out", container.handle());
      rules.removeAll(added);
    }

    @Override
    public Optional<Traffic> traffic(String handle) {
      return Optional.empty();
    }

    @Override
    public void reconcile(Set<String> liveHandles) {
      enter("network.reconcile", "");
      reconciled.add(Set.copyOf(liveHandles));
    }

    @Override
    public Optional<NetworkRecord> connected(String handle) {
      return networks.containsKey(handle)
          ? Optional.of(new NetworkRecord(network, rules))
          : Optional.empty();
    }
  }

  private final class Runtime implements RuntimePlugin {

    @Override
    public ContainerState create(Path bundle) {
      String handle = String.valueOf(bundle.getFileName());
      enter("runtime.create", handle);
      ContainerState state =
          new ContainerState(handle, Status.RUNNING, initPid, bundle, root.resolve(handle));
      root.resolve(handle).toFile().mkdirs();
      systems.put(handle, state);
      return state;
    }

    @Override
    public Optional<ContainerState> state(String handle) {
      return Optional.ofNullable(systems.get(handle));
    }

    @Override
    public List<ContainerState> containers() {
      enter("runtime.containers", "");
      return List.copyOf(systems.values());
    }

    @Override
    public ContainerProcess run(String handle, OciProcess process) {
      enter("runtime.run", handle);
      started.add(process);
      return started(new FakeContainerProcess(lastPid.incrementAndGet()));
    }

    private FakeContainerProcess started(FakeContainerProcess process) {
      process.killFails = killsFail;
      processes.put(process.pid(), process);
      return process;
    }

    @Override
    public ContainerProcess runSidecar(Path bundle) {
      String handle = String.valueOf(bundle.getFileName());
      enter("runtime.sidecar", handle);
      systems.put(handle, new ContainerState(handle, Status.RUNNING, initPid, bundle, root));
      return started(new FakeContainerProcess(lastPid.incrementAndGet()));
    }

    @Override
    public Optional<ContainerProcess> attach(String handle, long pid) {
      enter("runtime.attach", handle);
      FakeContainerProcess process = processes.get(pid);
      return process == null || process.exit.isDone()
          ? Optional.empty()
          : Optional.of(process.again());
    }

    @Override
    public List<ListedProcess> processes(String handle) {
      enter("runtime.processes", handle);
      return listed.getOrDefault(handle, List.of());
    }

    @Override
    public ContainerStats stats(String handle) {
      enter("runtime.stats", handle);
      if (!systems.containsKey(handle)) {
        throw new GardenException.ContainerNotFound(handle);
      }
      return new ContainerStats(30, 20, 10, 777, 4);
    }

    @Override
    public void delete(String handle) {
      enter("runtime.delete", handle);
      systems.remove(handle);
    }

    @Override
    public void onEvent(Consumer<ContainerEvent> newListener) {
      listener = newListener;
    }
  }
}
