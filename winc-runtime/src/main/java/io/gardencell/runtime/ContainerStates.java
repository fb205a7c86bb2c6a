package io.gardencell.runtime;

import io.gardencell.api.GardenException;
import io.gardencell.api.spi.ContainerState.Status;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostProcess;
import io.gardencell.hcs.document.SystemProperties;
import io.gardencell.hcs.document.SystemQuery;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the state of containers from HCS, the state file and the init process. Any thread. */
public final class ContainerStates {

  private static final Logger log = LoggerFactory.getLogger(ContainerStates.class);

  private final Host host;
  private final StateDirectory files;

  ContainerStates(Host host, StateDirectory files) {
    this.host = host;
    this.files = files;
  }

  /** What HCS says of a handle; empty if it knows none. */
  Optional<SystemProperties> system(String handle) {
    List<SystemProperties> found;
    try {
      found = host.compute().enumerate(SystemQuery.id(handle));
    } catch (HcsException e) {
      throw Failures.of(e, handle);
    }
    if (found.size() > 1) {
      throw GardenException.failure("multiple containers found with the same id: " + handle);
    }
    return found.stream().findFirst();
  }

  /** State of a container; empty if HCS knows none. */
  Optional<Known> find(String handle) {
    log.atDebug().addKeyValue("containerId", handle).log("retrieving state of container");
    return system(handle).map(system -> known(handle, system));
  }

  /** State of a container HCS knows. */
  Known known(String handle, SystemProperties system) {
    StateFile file = files.read(handle);
    return new Known(handle, status(system.hasStopped(), file), file);
  }

  Status status(boolean systemStopped, StateFile file) {
    if (systemStopped || file.execFailed()) {
      return Status.STOPPED;
    }
    if (file.pid() == 0 && file.startTime() == 0) {
      return Status.CREATED;
    }
    if (file.pid() == 0 || file.startTime() == 0) {
      throw GardenException.failure(
          "invalid state: PID %d, start time {LowDateTime:%d HighDateTime:%d}"
              .formatted(file.pid(), file.startTime() & 0xFFFF_FFFFL, file.startTime() >>> 32));
    }
    return isOurs(file) ? Status.RUNNING : Status.STOPPED;
  }

  /** Whether the recorded init process runs; its pid may have been given to another process. */
  private boolean isOurs(StateFile file) {
    Optional<HostProcess> process;
    try {
      process = host.processes().find(file.pid());
    } catch (HcsException e) {
      throw Failures.of(e, "");
    }
    return process
        .filter(HostProcess::running)
        .filter(p -> p.creationTime() == file.startTime())
        .isPresent();
  }

  /** What is known of a container. */
  public record Known(String handle, Status status, StateFile file) {}
}
