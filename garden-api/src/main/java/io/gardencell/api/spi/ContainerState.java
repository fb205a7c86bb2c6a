package io.gardencell.api.spi;

import java.nio.file.Path;

/**
 * What the runtime knows of a container.
 *
 * @param handle container handle
 * @param status see {@link Status}
 * @param pid init process on the host; 0 if there is none
 * @param bundle bundle directory
 * @param root directory of the host under which the container's files can be reached ({@code
 *     C:\proc\PID\root})
 */
public record ContainerState(String handle, Status status, long pid, Path bundle, Path root) {

  /** OCI status of a container. */
  public enum Status {
    CREATED,
    RUNNING,
    STOPPED;

    /** The word of {@code winc state}. */
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }
}
