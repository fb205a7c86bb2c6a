package io.gardencell.runtime;

import io.gardencell.runtime.credentials.CredHubConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
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
 * @param additionalJson JSON object merged into each create document, its values winning; empty for
 *     none
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
    Duration statsAge,
    String additionalJson) {

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
        Duration.ofSeconds(1),
        "");
  }

  /** The same with another directory of mounts; null for the host's own default. */
  public RuntimeConfig withMountRoot(@Nullable Path directory) {
    return new RuntimeConfig(
        root,
        directory,
        credentialSpec,
        credHub,
        createTimeout,
        startTimeout,
        shutdownTimeout,
        terminateTimeout,
        statsAge,
        additionalJson);
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
        statsAge,
        additionalJson);
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
        statsAge,
        additionalJson);
  }

  /**
   * The same with what hcsshim's environment variables ask for: {@code
   * HCSSHIM_TIMEOUT_SYSTEMCREATE} and {@code HCSSHIM_TIMEOUT_SYSTEMSTART} in whole seconds, {@code
   * HCSSHIM_CREATECONTAINER_ADDITIONALJSON}. Times that are not positive numbers do not count.
   */
  public RuntimeConfig withEnvironment(Map<String, String> env) {
    return new RuntimeConfig(
        root,
        mountRoot,
        credentialSpec,
        credHub,
        seconds(env.get("HCSSHIM_TIMEOUT_SYSTEMCREATE"), createTimeout),
        seconds(env.get("HCSSHIM_TIMEOUT_SYSTEMSTART"), startTimeout),
        shutdownTimeout,
        terminateTimeout,
        statsAge,
        env.getOrDefault("HCSSHIM_CREATECONTAINER_ADDITIONALJSON", additionalJson));
  }

  private static Duration seconds(@Nullable String text, Duration fallback) {
    return text != null && text.matches("0*[1-9][0-9]{0,8}")
        ? Duration.ofSeconds(Long.parseLong(text))
        : fallback;
  }
}
