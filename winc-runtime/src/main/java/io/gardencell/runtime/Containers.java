package io.gardencell.runtime;

import io.gardencell.api.GardenException;
import io.gardencell.api.spi.ContainerStats;
import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostProcess;
import io.gardencell.hcs.document.PropertyType;
import io.gardencell.runtime.bundle.Bundle;
import io.gardencell.runtime.bundle.CommandLine;
import io.gardencell.runtime.bundle.ProcessSettings;
import io.gardencell.runtime.credentials.CredentialSpecs;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
  private final ContainerMounts mounts;
  private final SystemDocuments documents;
  private final CredentialSpecs credentials;
  private final ContainerDeletion deletion;

  Containers(
      Host host,
      RuntimeConfig config,
      LiveSystems systems,
      ContainerStates states,
      StateDirectory files,
      ContainerMounts mounts,
      ContainerDeletion deletion) {
    this.host = host;
    this.config = config;
    this.systems = systems;
    this.states = states;
    this.files = files;
    this.mounts = mounts;
    this.documents = new SystemDocuments(host, config.additionalJson());
    this.credentials = new CredentialSpecs(config.credentialSpec(), config.credHub());
    this.deletion = deletion;
  }

  /**
   * A container without its init process.
   *
   * @param skippedMounts sources of mounts that it does not have, being files
   */
  public record Created(Bundle bundle, List<String> skippedMounts) {}

  /** Creates and starts the compute system and its state file, not yet the init process. */
  public Created create(Path directory, String handle, CloseStack undo) {
    log.atDebug()
        .addKeyValue("containerId", handle)
        .addKeyValue("bundle", directory)
        .log("creating container");
    Bundle bundle = Bundle.load(directory, handle);
    String credentialSpec = credentials.find(bundle.init().env());
    if (states.system(handle).isPresent()) {
      throw GardenException.failure("container with id already exists: " + handle);
    }
    SystemDocuments.Made made = documents.of(handle, bundle, credentialSpec);
    ComputeSystem system;
    try {
      system = host.compute().create(handle, made.document(), config.createTimeout());
    } catch (HcsException e) {
      throw Failures.notCreated(e, handle);
    }
    try {
      systems.keep(system);
      undo.push("end the container", () -> deletion.endSystem(handle));
      system.start(config.startTimeout());
    } catch (HcsException e) {
      throw Failures.of(e, handle);
    }
    undo.push("remove its state", () -> files.remove(handle));
    files.write(handle, StateFile.created(bundle.path().toString()));
    return new Created(bundle, made.skippedMounts());
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
            .orElseGet(() -> state.ended(pid, bundle.volume()));
    files.write(handle, started);
    mounts.mount(handle, pid, bundle.volume());
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
    deletion.delete(handle, force);
  }

  private static void end(ComputeProcess init) {
    try (init) {
      init.terminate();
    }
  }
}
