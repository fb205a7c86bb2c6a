package io.gardencell.runtime;

import io.gardencell.api.GardenException;
import io.gardencell.api.spi.ContainerStats;
import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostProcess;
import io.gardencell.hcs.document.PropertyType;
import io.gardencell.hcs.document.SystemDocument;
import io.gardencell.hcs.document.SystemProperties;
import io.gardencell.hcs.document.SystemQuery;
import io.gardencell.runtime.bundle.Bundle;
import io.gardencell.runtime.bundle.CommandLine;
import io.gardencell.runtime.bundle.ProcessSettings;
import io.gardencell.runtime.credentials.CredentialSpecs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life cycle of containers, shared by the server's runtime and the {@code winc} command. Every
 * step that leaves something pushes its undo; the caller undoes or releases.
 */
public final class Containers {

  private static final Logger log = LoggerFactory.getLogger(Containers.class);

  private final Host host;
  private final RuntimeConfig config;
  private final LiveSystems systems;
  private final ContainerStates states;
  private final StateDirectory files;
  private final RootMounts mounts;
  private final SystemDocuments documents;
  private final CredentialSpecs credentials;
  private final ContainerDeletion deletion;

  Containers(
      Host host,
      RuntimeConfig config,
      LiveSystems systems,
      ContainerStates states,
      StateDirectory files,
      RootMounts mounts) {
    this.host = host;
    this.config = config;
    this.systems = systems;
    this.states = states;
    this.files = files;
    this.mounts = mounts;
    this.documents = new SystemDocuments(host, config.additionalJson());
    this.credentials = new CredentialSpecs(config.credentialSpec(), config.credHub());
    this.deletion = new ContainerDeletion(host.compute(), systems, config);
  }

  /** Creates and starts the compute system and its state file, not yet the init process. */
  public Bundle create(Path directory, String handle, CloseStack undo) {
    log.atDebug()
        .addKeyValue("containerId", handle)
        .addKeyValue("bundle", directory)
        .log("creating container");
    Bundle bundle = Bundle.load(directory, handle);
    String credentialSpec = credentials.find(bundle.init().env());
    if (states.system(handle).isPresent()) {
      throw GardenException.failure("container with id already exists: " + handle);
    }
    SystemDocument document = documents.of(handle, bundle, credentialSpec);
    ComputeSystem system;
    try {
      system = host.compute().create(handle, document, config.createTimeout());
    } catch (HcsException e) {
      throw Failures.notCreated(e, handle);
    }
    try {
      systems.keep(system);
      undo.push("end the container", () -> deletion.end(handle));
      system.start(config.startTimeout());
    } catch (HcsException e) {
      throw Failures.of(e, handle);
    }
    undo.push("remove its state", () -> files.remove(handle));
    files.write(handle, StateFile.created(bundle.path().toString()));
    return bundle;
  }

  /** Starts the init process, records it and mounts the volume. The caller closes the process. */
  public ComputeProcess start(String handle, Bundle bundle, boolean pipes, CloseStack undo) {
    StateFile state = files.read(handle);
    ComputeProcess init;
    try {
      init = createProcess(systems.get(handle), handle, bundle.init(), pipes);
    } catch (HcsException e) {
      throw Failures.of(e, handle);
    } catch (GardenException notStarted) {
      files.write(handle, state.failed());
      throw notStarted;
    }
    undo.push("restore its state", () -> files.write(handle, state));
    undo.push("end its init process", () -> end(init));
    long pid = init.pid();
    Optional<HostProcess> process;
    try {
      process = host.processes().find(pid);
    } catch (HcsException e) {
      throw Failures.of(e, handle);
    }
    StateFile started =
        process
            .map(p -> state.started(pid, p.creationTime(), bundle.volume()))
            .orElseGet(() -> new StateFile(state.bundle(), pid, 0, true, bundle.volume()));
    files.write(handle, started);
    mounts.mount(pid, bundle.volume(), p -> isInUse(p, handle));
    undo.push("unmount its volume", () -> mounts.unmount(pid, bundle.volume()));
    return init;
  }

  /** Starts another process in a container. The caller closes it. */
  public ComputeProcess exec(String handle, ProcessSettings settings, boolean pipes) {
    try {
      return createProcess(systems.get(handle), handle, settings, pipes);
    } catch (HcsException e) {
      throw Failures.of(e, handle);
    }
  }

  /** State of a container; empty if HCS knows none. */
  public Optional<ContainerStates.Known> state(String handle) {
    return states.find(handle);
  }

  /** Statistics of this moment. */
  public ContainerStats stats(String handle) {
    try {
      return StatsSampler.stats(
          systems.get(handle).properties(PropertyType.STATISTICS, PropertyType.PROCESS_LIST));
    } catch (HcsException e) {
      throw Failures.of(e, handle);
    }
  }

  /** Starts a process; a refusal names the program. */
  static ComputeProcess createProcess(
      ComputeSystem system, String handle, ProcessSettings settings, boolean pipes) {
    CommandLine commandLine;
    try {
      commandLine = CommandLine.of(settings.args());
    } catch (IllegalArgumentException e) {
      throw GardenException.failure(
          "%s: could not start command '%s' in container: %s"
              .formatted(e.getMessage(), settings.args().get(0), handle),
          e);
    }
    log.atDebug()
        .addKeyValue("containerId", handle)
        .addKeyValue("program", commandLine.program())
        .log("starting process in container");
    try {
      return system.createProcess(settings.document(commandLine, pipes));
    } catch (HcsException e) {
      if (!e.function().equals("HcsCreateProcess")) {
        throw e;
      }
      throw Failures.notStarted(e, commandLine.program(), handle);
    }
  }

  /** Deletes a container with its sidecars; every step is tried, all failures are told. */
  public void delete(String handle, boolean force) {
    log.atDebug().addKeyValue("containerId", handle).log("deleting container");
    if (handle.isEmpty()) {
      throw GardenException.failure("container id: '' (expected: a name)");
    }
    List<String> failures = new ArrayList<>();
    for (String sidecar : sidecars(handle)) {
      deleteOne(sidecar, force, failures);
    }
    deleteOne(handle, force, failures);
    if (!failures.isEmpty()) {
      throw GardenException.failure(String.join("\n", failures));
    }
  }

  /** Systems of this owner that are ours; another product may use the same owner name. */
  private List<String> sidecars(String handle) {
    try {
      return host.compute().enumerate(SystemQuery.owner(handle)).stream()
          .map(SystemProperties::id)
          .filter(id -> !id.equals(handle) && !id.isEmpty() && files.exists(id))
          .toList();
    } catch (HcsException e) {
      throw Failures.of(e, handle);
    }
  }

  /** Tries every step, whatever fails before it. */
  private void deleteOne(String handle, boolean force, List<String> failures) {
    boolean listed = true;
    try {
      listed = states.system(handle).isPresent();
    } catch (GardenException unknown) {
      failures.add(unknown.getMessage());
    }
    if (!listed && !force) {
      failures.add("container not found: " + handle);
      return;
    }
    if (listed || files.exists(handle)) {
      Optional<StateFile> state = read(handle, failures);
      // The state file tells what is mounted, so it goes when nothing is.
      if (state.isEmpty() || attempt(failures, () -> unmount(handle, state.get()))) {
        attempt(failures, () -> files.remove(handle));
      }
    }
    if (listed) {
      attempt(failures, () -> deletion.end(handle));
    } else {
      systems.forget(handle);
    }
  }

  /** The state file; what is mounted although it cannot be read is looked for and unmounted. */
  private Optional<StateFile> read(String handle, List<String> failures) {
    try {
      return Optional.of(files.read(handle));
    } catch (GardenException unreadable) {
      attempt(failures, () -> unmountByProcesses(handle));
      failures.add(unreadable.getMessage());
      return Optional.empty();
    }
  }

  private void unmount(String handle, StateFile state) {
    if (state.pid() != 0 && isOurs(handle, state)) {
      mounts.unmount(state.pid(), volume(handle, state));
    }
  }

  /** Without a state file, the init process is the one of its processes that has a mount. */
  private void unmountByProcesses(String handle) {
    try {
      systems.get(handle).properties(PropertyType.PROCESS_LIST).processList().stream()
          .filter(process -> mounts.exists(process.processId()))
          .forEach(process -> mounts.unmount(process.processId(), ""));
    } catch (HcsException e) {
      log.atWarn()
          .addKeyValue("handle", handle)
          .setCause(e)
          .log("processes unknown, a mount may be left");
    }
  }

  /** A pid without a mount of ours may have been given to another container's init process. */
  private boolean isOurs(String handle, StateFile state) {
    return !state.execFailed() || !state.mountedVolume().isEmpty() || !isInUse(state.pid(), handle);
  }

  /** The volume that was mounted; the reference's files do not say, its bundle may. */
  private static String volume(String handle, StateFile state) {
    if (!state.mountedVolume().isEmpty() || state.bundle().isEmpty()) {
      return state.mountedVolume();
    }
    try {
      return Bundle.load(Path.of(state.bundle()), handle).volume();
    } catch (GardenException | java.nio.file.InvalidPathException unreadable) {
      log.atDebug()
          .addKeyValue("containerId", handle)
          .setCause(unreadable)
          .log("bundle unreadable, its volume is not known");
      return "";
    }
  }

  /** Clears away mounts of pids that neither a container of ours nor a process has. */
  void sweepMounts() {
    Set<Long> known = new HashSet<>();
    for (String handle : files.handles()) {
      try {
        known.add(files.read(handle).pid());
      } catch (GardenException unreadable) {
        log.atDebug().addKeyValue("containerId", handle).setCause(unreadable).log("not readable");
        return;
      }
    }
    mounts.sweep(pid -> known.contains(pid) || host.processes().find(pid).isPresent());
  }

  /** Whether another live container has its volume mounted for this pid. */
  private boolean isInUse(long pid, String handle) {
    for (String other : files.handles()) {
      if (other.equals(handle)) {
        continue;
      }
      try {
        StateFile state = files.read(other);
        if (state.pid() == pid && states.system(other).isPresent()) {
          return true;
        }
      } catch (GardenException unreadable) {
        log.atDebug().addKeyValue("containerId", other).setCause(unreadable).log("not readable");
      }
    }
    return false;
  }

  private static void end(ComputeProcess init) {
    try (init) {
      init.terminate();
    }
  }

  private static boolean attempt(List<String> failures, Runnable step) {
    try {
      step.run();
      return true;
    } catch (GardenException e) {
      failures.add(e.getMessage());
    } catch (HcsException e) {
      failures.add(e.textWithEvents());
    }
    return false;
  }
}
