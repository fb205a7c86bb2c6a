package io.gardencell.runtime;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.document.PropertyType;
import io.gardencell.runtime.bundle.Bundle;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which mount is whose: the volumes of containers below the mount root, by what state files and the
 * host know. Any thread.
 */
final class ContainerMounts {

  private static final Logger log = LoggerFactory.getLogger(ContainerMounts.class);

  private final Host host;
  private final LiveSystems systems;
  private final ContainerStates states;
  private final StateDirectory files;
  private final RootMounts mounts;

  ContainerMounts(
      Host host,
      LiveSystems systems,
      ContainerStates states,
      StateDirectory files,
      RootMounts mounts) {
    this.host = host;
    this.systems = systems;
    this.states = states;
    this.files = files;
    this.mounts = mounts;
  }

  /** Mounts the volume of a container for its init process. */
  void mount(String handle, long pid, String volume) {
    mounts.mount(pid, volume, p -> isInUse(p, handle));
  }

  /** Takes that back. */
  void unmount(long pid, String volume) {
    mounts.unmount(pid, volume);
  }

  /** Unmounts what a state file tells of, if it is the container's. */
  void unmount(String handle, StateFile state) {
    if (state.pid() != 0 && isOurs(handle, state)) {
      mounts.unmount(state.pid(), volume(handle, state));
    }
  }

  /** Without a state file, the init process is the one of its processes that has a mount. */
  void unmountOf(String handle) {
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

  /** Clears away mounts of pids that neither a container of ours nor a process has. */
  void sweep() {
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
}
