package io.gardencell.runtime;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.HostCompute;
import io.gardencell.hcs.document.SystemProperties;
import io.gardencell.hcs.document.SystemQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes containers with all they left: mounts, state files, compute systems (Source: winc:
 * runtime/runtime.go Delete). Any thread.
 */
final class ContainerDeletion {

  private static final Logger log = LoggerFactory.getLogger(ContainerDeletion.class);

  private final HostCompute compute;
  private final LiveSystems systems;
  private final ContainerStates states;
  private final StateDirectory files;
  private final ContainerMounts mounts;
  private final SystemShutdown shutdown;

  ContainerDeletion(
      HostCompute compute,
      RuntimeConfig config,
      LiveSystems systems,
      ContainerStates states,
      StateDirectory files,
      ContainerMounts mounts) {
    this.compute = compute;
    this.systems = systems;
    this.states = states;
    this.files = files;
    this.mounts = mounts;
    this.shutdown = new SystemShutdown(compute, systems, config);
  }

  /** Deletes a container with its sidecars; every step is tried, all failures are told. */
  void delete(String handle, boolean force) {
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

  /** Ends the system of a container; one that is gone is no failure. */
  void endSystem(String handle) {
    shutdown.end(handle);
  }

  /** Systems of this owner that are ours; another product may use the same owner name. */
  private List<String> sidecars(String handle) {
    try {
      return compute.enumerate(SystemQuery.owner(handle)).stream()
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
      if (state.isEmpty() || attempt(failures, () -> mounts.unmount(handle, state.get()))) {
        attempt(failures, () -> files.remove(handle));
      }
    }
    if (listed) {
      attempt(failures, () -> endSystem(handle));
    } else {
      systems.forget(handle);
    }
  }

  /** The state file; what is mounted although it cannot be read is looked for and unmounted. */
  private Optional<StateFile> read(String handle, List<String> failures) {
    try {
      return Optional.of(files.read(handle));
    } catch (GardenException unreadable) {
      attempt(failures, () -> mounts.unmountOf(handle));
      failures.add(unreadable.getMessage());
      return Optional.empty();
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
