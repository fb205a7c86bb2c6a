package io.gardencell.runtime;

import io.gardencell.api.GardenException;
import io.gardencell.api.oci.OciProcess;
import io.gardencell.api.spi.ContainerEvent;
import io.gardencell.api.spi.ContainerProcess;
import io.gardencell.api.spi.ContainerState;
import io.gardencell.api.spi.ContainerStats;
import io.gardencell.api.spi.ListedProcess;
import io.gardencell.api.spi.RuntimePlugin;
import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.document.ProcessDetails;
import io.gardencell.hcs.document.PropertyType;
import io.gardencell.runtime.bundle.Findings;
import io.gardencell.runtime.bundle.ProcessSettings;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our runtime, in the server's process: no operation starts a program, no container or process has
 * a thread of its own (Source: winc: runtime/runtime.go).
 *
 * <p>Any thread, several containers at a time; the caller sees to it that creating and deleting one
 * container exclude each other. Closing releases handles and threads; containers live on.
 */
public final class WincRuntime implements RuntimePlugin, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(WincRuntime.class);

  /** Ends of processes and containers are short to handle. */
  private static final int THREADS = 2;

  /** Processes that ended with a failure, waiting to be asked about; beyond that nobody asks. */
  private static final int QUESTIONS = 100;

  private final ContainerEvents events = new ContainerEvents();
  private final Containers containers;
  private final LiveSystems systems;
  private final ContainerStates states;
  private final StateDirectory files;
  private final RootMounts mounts;
  private final ContainerMounts containerMounts;
  private final StatsSampler stats;
  private final OutOfMemory outOfMemory;
  private final ExecutorService executor;
  private final ExecutorService questions;

  /** Makes a runtime on a host, which the caller closes after it. */
  public WincRuntime(Host host, RuntimeConfig config) {
    executor = Executors.newFixedThreadPool(THREADS, threads("winc-"));
    questions =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(QUESTIONS),
            threads("winc-memory-"));
    Path mountRoot = config.mountRoot() == null ? host.volumes().mountRoot() : config.mountRoot();
    systems = new LiveSystems(host.compute(), executor, events);
    files = new StateDirectory(config.root());
    states = new ContainerStates(host, files);
    outOfMemory = new OutOfMemory(systems, files, events, questions, executor);
    mounts = new RootMounts(host.volumes(), mountRoot);
    stats = new StatsSampler(config.statsAge(), System::nanoTime);
    containerMounts = new ContainerMounts(host, systems, states, files, mounts);
    ContainerDeletion deletion =
        new ContainerDeletion(host.compute(), config, systems, states, files, containerMounts);
    containers = new Containers(host, config, systems, states, files, containerMounts, deletion);
  }

  @Override
  public ContainerState create(Path bundle) {
    String handle = name(bundle);
    CloseStack undo = new CloseStack();
    try {
      Containers.Created created = containers.create(bundle, handle, undo);
      try (ComputeProcess init = containers.start(handle, created.bundle(), false, undo)) {
        log.atInfo()
            .addKeyValue("handle", handle)
            .addKeyValue("pid", init.pid())
            .log("container created");
      }
      undo.release();
      created.skippedMounts().forEach(source -> events.mountSkipped(handle, source));
      return state(handle).orElseThrow(() -> new GardenException.ContainerNotFound(handle));
    } catch (GardenException e) {
      throw undo.undo(e);
    }
  }

  @Override
  public Optional<ContainerState> state(String handle) {
    return states.find(handle).map(this::toState);
  }

  @Override
  public List<ContainerState> containers() {
    List<ContainerState> all = new ArrayList<>();
    for (String handle : files.handles()) {
      Optional<ContainerState> known = tolerant(handle);
      known.ifPresent(all::add);
      if (known.filter(s -> s.status() != ContainerState.Status.STOPPED).isPresent()) {
        subscribe(handle);
      }
    }
    containerMounts.sweep();
    return all;
  }

  @Override
  public ContainerProcess run(String handle, OciProcess process) {
    ProcessSettings settings = ProcessSettings.of(process, new Findings(handle, ""));
    try {
      ComputeProcess started =
          Containers.createProcess(systems.get(handle), handle, settings, true);
      return process(handle, started);
    } catch (HcsException e) {
      throw notFoundOr(e, handle);
    } catch (GardenException e) {
      if (e.getCause() instanceof HcsException cause && HcsErrors.isOutOfMemory(cause.code())) {
        events.outOfMemory(handle);
      }
      throw e;
    }
  }

  @Override
  public ContainerProcess runSidecar(Path bundle) {
    String handle = name(bundle);
    CloseStack undo = new CloseStack();
    try {
      Containers.Created created = containers.create(bundle, handle, undo);
      ComputeProcess init = containers.start(handle, created.bundle(), true, undo);
      undo.release();
      String container = created.bundle().sharedNetwork();
      created.skippedMounts().forEach(source -> events.mountSkipped(container, source));
      return process(handle, init);
    } catch (GardenException e) {
      throw undo.undo(e);
    }
  }

  @Override
  public Optional<ContainerProcess> attach(String handle, long pid) {
    try {
      ComputeProcess process = systems.get(handle).openProcess(pid);
      return Optional.of(process(handle, process));
    } catch (HcsException e) {
      if (e.isNotFound() || e.isAlreadyStopped()) {
        return Optional.empty();
      }
      throw Failures.of(e, handle);
    }
  }

  @Override
  public List<ListedProcess> processes(String handle) {
    try {
      long init = states.find(handle).map(known -> known.file().pid()).orElse(0L);
      List<ListedProcess> all = new ArrayList<>();
      for (ProcessDetails listed :
          systems.get(handle).properties(PropertyType.PROCESS_LIST).processList()) {
        if (listed.processId() != init) {
          started(listed).ifPresent(all::add);
        }
      }
      return all;
    } catch (HcsException e) {
      if (e.isNotFound() || e.isAlreadyStopped()) {
        return List.of();
      }
      throw Failures.of(e, handle);
    }
  }

  /** One that is just ending may have no time any more. */
  private static Optional<ListedProcess> started(ProcessDetails listed) {
    try {
      return Optional.of(
          new ListedProcess(
              listed.processId(), listed.imageName(), Instant.parse(listed.createTimestamp())));
    } catch (DateTimeParseException e) {
      log.atDebug().addKeyValue("pid", listed.processId()).setCause(e).log("start not known");
      return Optional.empty();
    }
  }

  @Override
  public ContainerStats stats(String handle) {
    try {
      return stats.sample(
          handle,
          h -> systems.get(h).properties(PropertyType.STATISTICS, PropertyType.PROCESS_LIST));
    } catch (HcsException e) {
      throw notFoundOr(e, handle);
    }
  }

  @Override
  public void delete(String handle) {
    containers.delete(handle, true);
    stats.forget(handle);
    events.forget(handle);
  }

  @Override
  public void onEvent(Consumer<ContainerEvent> listener) {
    events.onEvent(listener);
  }

  @Override
  public void close() {
    systems.close();
    questions.shutdownNow();
    executor.shutdown();
  }

  /** What the {@code winc} command does step by step. */
  public Containers lifeCycle() {
    return containers;
  }

  private ContainerProcess process(String handle, ComputeProcess process) {
    return new WincProcess(handle, process, executor, code -> outOfMemory.ended(handle, code));
  }

  private ContainerState toState(ContainerStates.Known known) {
    long pid = known.file().pid();
    return new ContainerState(
        known.handle(), known.status(), pid, Path.of(known.file().bundle()), mounts.root(pid));
  }

  /** A container with an unreadable state file or without a system is listed, to be deleted. */
  private Optional<ContainerState> tolerant(String handle) {
    try {
      Optional<ContainerState> known = state(handle);
      return known.isPresent() ? known : Optional.of(leftover(handle, files.read(handle)));
    } catch (GardenException e) {
      log.atWarn().addKeyValue("handle", handle).setCause(e).log("state of container not known");
      return Optional.of(leftover(handle, StateFile.created("")));
    }
  }

  private ContainerState leftover(String handle, StateFile file) {
    return toState(new ContainerStates.Known(handle, ContainerState.Status.STOPPED, file));
  }

  private void subscribe(String handle) {
    try {
      systems.get(handle);
    } catch (HcsException e) {
      log.atWarn().addKeyValue("handle", handle).setCause(e).log("container cannot be watched");
    }
  }

  private static GardenException notFoundOr(HcsException e, String handle) {
    return e.isNotFound() ? new GardenException.ContainerNotFound(handle) : Failures.of(e, handle);
  }

  private static String name(Path bundle) {
    return String.valueOf(bundle.toAbsolutePath().normalize().getFileName());
  }

  private static ThreadFactory threads(String name) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + number.getAndIncrement());
      thread.setDaemon(true);
      return thread;
    };
  }
}
