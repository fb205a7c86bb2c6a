package io.gardencell.runtime;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the runtime.
 *
 * @param root directory of the state files, one sub-directory for each container
 * @param mountRoot where volumes are mounted as {@code <pid>\root}; null = the host's own default
 * @param credentialSpec file with the gMSA credential spec of created containers; null for none
 * @param credHub where credential specs are looked up by name; null for nowhere. Takes precedence
 * @param createTimeout how long to wait until a compute system has been created
 * @param startTimeout how long to wait until a compute system has started
 * @param shutdownTimeout how long a container may take to end gracefully
 * @param terminateTimeout how long HCS may take to end a container by force
 * @param statsAge how long a sample of statistics may be served again
 */
public record RuntimeConfig(
    Path root,
    @Nullable Path mountRoot,
    @Nullable Path credentialSpec,
    @Nullable CredHubConfig credHub,
    Duration createTimeout,
    Duration startTimeout,
    Duration shutdownTimeout,
    Duration terminateTimeout,
    Duration statsAge) {

  /** The reference's values, with the state files below the data directory. */
  public static RuntimeConfig defaults(Path dataDir) {
    return ofRoot(dataDir.resolve("winc"));
  }

  /** The reference's values for a directory of state files. */
  public static RuntimeConfig ofRoot(Path root) {
    return new RuntimeConfig(
        root,
        null,
        null,
        null,
        Duration.ofMinutes(4),
        Duration.ofMinutes(4),
        Duration.ofSeconds(60),
        Duration.ofSeconds(60),
        Duration.ofSeconds(1));
  }

  /** The same with another source of credential specs. */
  public RuntimeConfig withCredentials(@Nullable Path file, @Nullable CredHubConfig hub) {
    return new RuntimeConfig(
        root,
        mountRoot,
        file,
        hub,
        createTimeout,
        startTimeout,
        shutdownTimeout,
        terminateTimeout,
        statsAge);
  }

  /** The same with other waits for the end of a container. */
  public RuntimeConfig withStopTimeouts(Duration shutdown, Duration terminate) {
    return new RuntimeConfig(
        root,
        mountRoot,
        credentialSpec,
        credHub,
        createTimeout,
        startTimeout,
        shutdown,
        terminate,
        statsAge);
  }
}
