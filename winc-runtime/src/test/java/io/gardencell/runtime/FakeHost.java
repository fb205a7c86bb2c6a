package io.gardencell.runtime;

import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.ConsoleSignal;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostCompute;
import io.gardencell.hcs.HostEndpoints;
import io.gardencell.hcs.HostInterfaces;
import io.gardencell.hcs.HostNetworks;
import io.gardencell.hcs.HostProcess;
import io.gardencell.hcs.HostQuota;
import io.gardencell.hcs.HostVolumes;
import io.gardencell.hcs.LayerFiles;
import io.gardencell.hcs.LayerImport;
import io.gardencell.hcs.ScratchLayers;
import io.gardencell.hcs.SystemExit;
import io.gardencell.hcs.document.ModifyRequest;
import io.gardencell.hcs.document.ProcessDetails;
import io.gardencell.hcs.document.ProcessDocument;
import io.gardencell.hcs.document.ProcessProperties;
import io.gardencell.hcs.document.PropertyType;
import io.gardencell.hcs.document.Statistics;
import io.gardencell.hcs.document.SystemDocument;
import io.gardencell.hcs.document.SystemProperties;
import io.gardencell.hcs.document.SystemQuery;
import java.lang.reflect.Proxy;
import java.nio.channels.AsynchronousByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A host in memory that remembers what it was asked, and fails where it is told to. */
final class FakeHost {

  final Map<String, System> systems = new LinkedHashMap<>();
  final Map<Long, HostProcess> processes = new ConcurrentHashMap<>();
  final Map<Path, String> mounts = new ConcurrentHashMap<>();
  final Map<String, HcsException> faults = new HashMap<>();
  final List<String> calls = new CopyOnWriteArrayList<>();
  final AtomicInteger openHandles = new AtomicInteger();
  final Path mountRoot;
  boolean shutdownHangs;
  private final AtomicLong pids = new AtomicLong(100);

  FakeHost(Path mountRoot) {
    this.mountRoot = mountRoot;
  }

  Host host() {
    return new Host(
        "fake",
        "in memory",
        false,
        new Compute(),
        pid -> Optional.ofNullable(processes.get(pid)),
        new Volumes(),
        unused(HostNetworks.class),
        unused(HostEndpoints.class),
        unused(HostInterfaces.class),
        unused(ScratchLayers.class),
        layerImport(),
        unused(LayerFiles.class),
        unused(HostQuota.class),
        () -> {});
  }

  System system(String id) {
    return Objects.requireNonNull(systems.get(id), id);
  }

  void fail(String function, int code) {
    faults.put(function, new HcsException(function, "", code));
  }

  private void call(String function, String target) {
    calls.add(function + " " + target);
    HcsException fault = faults.get(function);
    if (fault != null) {
      throw fault;
    }
  }

  private LayerImport layerImport() {
    return (LayerImport)
        Proxy.newProxyInstance(
            FakeHost.class.getClassLoader(),
            new Class<?>[] {LayerImport.class},
            (proxy, method, args) -> {
              call("NameToGuid", (String) args[0]);
              return "guid-of-" + args[0];
            });
  }

  private static <T> T unused(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            FakeHost.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, args) -> {
              throw new AssertionError("not expected: " + method);
            }));
  }

  /** A compute system with its processes. */
  final class System {
    final String id;
    final SystemDocument document;
    final Map<Long, Process> processes = new LinkedHashMap<>();
    final CompletableFuture<SystemExit> exited = new CompletableFuture<>();
    String state = "Created";

    System(String id, SystemDocument document) {
      this.id = id;
      this.document = document;
    }

    Process process(long pid) {
      return Objects.requireNonNull(processes.get(pid), "pid " + pid);
    }

    void end(SystemExit exit) {
      state = "Stopped";
      systems.remove(id);
      processes.values().forEach(p -> p.end(0xC000013AL));
      exited.complete(exit);
    }

    SystemProperties properties(@Nullable Statistics statistics, List<ProcessDetails> list) {
      return new SystemProperties(
          id, state, "", "Container", "Windows", document.owner(), false, "", statistics, list);
    }
  }

  /** A process that ends when told. */
  final class Process {
    final long pid;
    final ProcessDocument document;
    final CompletableFuture<Long> exited = new CompletableFuture<>();

    Process(long pid, ProcessDocument document) {
      this.pid = pid;
      this.document = document;
    }

    void end(long code) {
      FakeHost.this.processes.computeIfPresent(
          pid, (p, known) -> new HostProcess(p, known.creationTime(), false));
      exited.complete(code);
    }
  }

  private final class Compute implements HostCompute {

    @Override
    public List<SystemProperties> enumerate(SystemQuery query) {
      call("HcsEnumerateComputeSystems", "");
      return systems.values().stream()
          .filter(s -> query.ids().isEmpty() || query.ids().contains(s.id))
          .filter(s -> query.owners().isEmpty() || query.owners().contains(s.document.owner()))
          .map(s -> s.properties(null, List.of()))
          .toList();
    }

    @Override
    public ComputeSystem create(String id, SystemDocument document, Duration timeout) {
      call("HcsCreateComputeSystem", id);
      System system = new System(id, document);
      systems.put(id, system);
      return new Handle(system);
    }

    @Override
    public ComputeSystem open(String id) {
      call("HcsOpenComputeSystem", id);
      System system = systems.get(id);
      if (system == null) {
        throw new HcsException("HcsOpenComputeSystem", id, HcsErrors.SYSTEM_NOT_FOUND);
      }
      return new Handle(system);
    }
  }

  private final class Handle implements ComputeSystem {
    private final System system;
    private boolean closed;

    Handle(System system) {
      this.system = system;
      openHandles.incrementAndGet();
    }

    @Override
    public String id() {
      return system.id;
    }

    @Override
    public void start(Duration timeout) {
      call("HcsStartComputeSystem", system.id);
      system.state = "Running";
    }

    @Override
    public void shutdown() {
      call("HcsShutdownComputeSystem", system.id);
      if (!shutdownHangs) {
        system.end(new SystemExit(0, ""));
      }
    }

    @Override
    public void terminate() {
      call("HcsTerminateComputeSystem", system.id);
      system.end(new SystemExit(0, ""));
    }

    @Override
    public SystemProperties properties(PropertyType... types) {
      call("HcsGetComputeSystemProperties", PropertyType.query(types));
      if (!systems.containsKey(system.id)) {
        throw new HcsException(
            "HcsGetComputeSystemProperties", system.id, HcsErrors.SYSTEM_NOT_FOUND);
      }
      Statistics statistics =
          new Statistics(
              "",
              "",
              0,
              new Statistics.Memory(52428800, 0, 0),
              new Statistics.Processor(123, 22, 101),
              new Statistics.Storage(0, 0, 0, 0),
              List.of());
      List<ProcessDetails> list = new ArrayList<>();
      system.processes.forEach(
          (pid, p) -> list.add(new ProcessDetails(pid, "x.exe", "", 0, 0, 0, 0, 0)));
      return system.properties(statistics, list);
    }

    @Override
    public void modify(ModifyRequest request) {
      throw new AssertionError("not expected");
    }

    @Override
    public ComputeProcess createProcess(ProcessDocument document) {
      call("HcsCreateProcess", document.commandLine());
      Process process = new Process(pids.incrementAndGet(), document);
      system.processes.put(process.pid, process);
      processes.put(process.pid, new HostProcess(process.pid, 133_000_000_000_000_000L, true));
      return new ProcessHandle(process);
    }

    @Override
    public ComputeProcess openProcess(long pid) {
      Process process = system.processes.get(pid);
      if (process == null || process.exited.isDone()) {
        throw new HcsException("HcsOpenProcess", system.id, HcsErrors.NOT_FOUND);
      }
      return new ProcessHandle(process);
    }

    @Override
    public CompletableFuture<SystemExit> exited() {
      return system.exited;
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        openHandles.decrementAndGet();
      }
    }
  }

  private final class ProcessHandle implements ComputeProcess {
    private final Process process;
    private boolean closed;

    ProcessHandle(Process process) {
      this.process = process;
      openHandles.incrementAndGet();
    }

    @Override
    public long pid() {
      return process.pid;
    }

    @Override
    public Optional<AsynchronousByteChannel> stdin() {
      return Optional.empty();
    }

    @Override
    public Optional<AsynchronousByteChannel> stdout() {
      return Optional.empty();
    }

    @Override
    public Optional<AsynchronousByteChannel> stderr() {
      return Optional.empty();
    }

    @Override
    public void terminate() {
      call("HcsTerminateProcess", Long.toString(process.pid));
      process.end(0xC000013AL);
    }

    @Override
    public boolean signal(ConsoleSignal signal) {
      calls.add("HcsSignalProcess " + signal.documentName());
      return true;
    }

    @Override
    public ProcessProperties properties() {
      return new ProcessProperties(process.pid, false, 0, 0);
    }

    @Override
    public CompletableFuture<Long> exited() {
      return process.exited;
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        openHandles.decrementAndGet();
      }
    }
  }

  private final class Volumes implements HostVolumes {

    @Override
    public Path mountRoot() {
      return mountRoot;
    }

    @Override
    public void mount(Path mountPoint, String volume) {
      call("SetVolumeMountPointW", volume);
      mounts.put(mountPoint, volume);
    }

    @Override
    public void unmount(Path mountPoint) {
      call("DeleteVolumeMountPointW", mountPoint.toString());
      mounts.remove(mountPoint);
    }

    @Override
    public Optional<String> mountedVolume(Path mountPoint) {
      return Optional.ofNullable(mounts.get(mountPoint));
    }
  }
}
