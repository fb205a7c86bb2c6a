package io.gardencell.runtime;

import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
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
import io.gardencell.hcs.document.HcsJson;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.ProcessDetails;
import io.gardencell.hcs.document.ProcessDocument;
import io.gardencell.hcs.document.Statistics;
import io.gardencell.hcs.document.SystemDocument;
import io.gardencell.hcs.document.SystemProperties;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A host in memory that remembers what it was asked, and fails where it is told to. */
public final class FakeHost {

  public final Map<String, System> systems = new LinkedHashMap<>();
  public final Map<Long, HostProcess> processes = new ConcurrentHashMap<>();
  public final Map<Path, String> mounts = new ConcurrentHashMap<>();
  public final Map<String, HcsException> faults = new HashMap<>();
  public final List<String> calls = new CopyOnWriteArrayList<>();
  public final AtomicInteger openHandles = new AtomicInteger();
  public final Map<String, String> endpoints = new LinkedHashMap<>();
  public final Path mountRoot;
  public boolean shutdownHangs;
  boolean terminateHangs;

  /** How systems end that are shut down or terminated. */
  SystemExit endsWith = new SystemExit(0, "");

  /** Whether a shutdown is answered by "already stopped", and nothing ends. */
  boolean claimsToHaveStopped;

  /** Whether processes cannot be signalled. */
  boolean knowsNoSignals;

  /** The most memory that systems had, in bytes. */
  volatile long commitPeak;

  /** Where queries of statistics hang, if not open. */
  volatile CountDownLatch statisticsAnswer = new CountDownLatch(0);

  /** Whether systems stop while they are started, and stay listed. */
  boolean stopsWhenStarted;

  /** Whether processes are gone before anybody can look at them. */
  boolean processesVanish;

  /** Whether processes are programs that run, and wrong states and documents are refused. */
  public boolean runsPrograms;

  private final AtomicLong pids = new AtomicLong(100);

  public FakeHost(Path mountRoot) {
    this.mountRoot = mountRoot;
  }

  public Host host() {
    return new Host(
        "fake",
        "in memory",
        0,
        false,
        new FakeCompute(this),
        pid -> Optional.ofNullable(processes.get(pid)),
        new Volumes(),
        unused(HostNetworks.class),
        endpoints(),
        unused(HostInterfaces.class),
        unused(ScratchLayers.class),
        layerImport(),
        unused(LayerFiles.class),
        unused(HostQuota.class),
        () -> {});
  }

  public System system(String id) {
    return Objects.requireNonNull(systems.get(id), id);
  }

  public void fail(String function, int code) {
    faults.put(function, new HcsException(function, "", code));
  }

  long nextPid() {
    return pids.incrementAndGet();
  }

  /** A system that was there before, and stays listed after its end. */
  public void pin(String id, String state, SystemDocument document) {
    System system = new System(id, document);
    system.state = state;
    system.pinned = true;
    systems.put(id, system);
  }

  /** Waits until every program that ends by itself has ended. */
  public void settle() {
    for (System system : List.copyOf(systems.values())) {
      for (Process process : List.copyOf(system.processes.values())) {
        FakeProgram program = process.program;
        if (program != null && program.endsByItself()) {
          process.exited.orTimeout(10, java.util.concurrent.TimeUnit.SECONDS).join();
        }
      }
    }
  }

  void call(String function, String target) {
    calls.add(function + " " + target);
    HcsException fault = faults.get(function);
    if (fault != null) {
      throw fault;
    }
  }

  private HostEndpoints endpoints() {
    return (HostEndpoints)
        Proxy.newProxyInstance(
            FakeHost.class.getClassLoader(),
            new Class<?>[] {HostEndpoints.class},
            (proxy, method, args) -> {
              if (!method.getName().equals("endpoints")) {
                throw new AssertionError("not expected: " + method);
              }
              call("HNSCall", "GET /endpoints/");
              return endpoints.entrySet().stream()
                  .map(
                      e ->
                          HcsJson.read(
                              "{\"ID\":\"%s\",\"Name\":\"%s\"}".formatted(e.getValue(), e.getKey()),
                              HnsEndpoint.class))
                  .toList();
            });
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
  public final class System {
    public final String id;
    public final SystemDocument document;
    public final Map<Long, Process> processes = new LinkedHashMap<>();
    public final CompletableFuture<SystemExit> exited = new CompletableFuture<>();
    public String state = "Created";
    boolean pinned;

    public System(String id, SystemDocument document) {
      this.id = id;
      this.document = document;
    }

    public Process process(long pid) {
      return Objects.requireNonNull(processes.get(pid), "pid " + pid);
    }

    public void end(SystemExit exit) {
      state = "Stopped";
      if (!pinned) {
        systems.remove(id);
      }
      processes.values().forEach(Process::kill);
      exited.complete(exit);
    }

    SystemProperties properties(@Nullable Statistics statistics, List<ProcessDetails> list) {
      return new SystemProperties(
          id,
          state,
          "",
          "Container",
          "Windows",
          document.owner(),
          state.equals("Stopped"),
          "",
          statistics,
          list);
    }
  }

  /** A process that ends when told. */
  public final class Process {
    public final long pid;
    public final ProcessDocument document;
    public final CompletableFuture<Long> exited = new CompletableFuture<>();
    final @Nullable FakeProgram program;

    Process(long pid, ProcessDocument document, @Nullable FakeProgram program) {
      this.pid = pid;
      this.document = document;
      this.program = program;
    }

    void kill() {
      if (program == null) {
        end(0xC000013AL);
      } else {
        program.kill();
      }
    }

    public void end(long code) {
      FakeHost.this.processes.computeIfPresent(
          pid, (p, known) -> new HostProcess(p, known.creationTime(), false));
      exited.complete(code);
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
