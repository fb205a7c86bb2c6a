package io.gardencell.runtime.command;

import io.gardencell.api.GardenException;
import io.gardencell.runtime.RuntimeConfig;
import io.gardencell.runtime.bundle.FileFailures;
import io.gardencell.runtime.credentials.CredHubConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParseResult;

/** Turns the global flags of {@code winc} into the runtime's settings. */
final class WincSettings {

  private static final String WINDOWS_ROOT = "C:\\ProgramData\\winc";
  private static final String WINDOWS_DATA = "C:\\var\\vcap\\data\\garden";

  private WincSettings() {}

  /** The settings; reads the file of {@code --config-file}. */
  static RuntimeConfig of(ParseResult flags, Surroundings around) {
    String spec = WincFlags.text(flags, "--credential-spec");
    String mounts = WincFlags.text(flags, "--mount-root");
    return RuntimeConfig.ofRoot(root(flags, around))
        .withEnvironment(around.env())
        .withMountRoot(mounts.isEmpty() ? null : around.resolve(mounts))
        .withCredentials(
            spec.isEmpty() ? null : around.resolve(spec),
            credHub(WincFlags.text(flags, "--config-file"), around));
  }

  /** A credential spec that was asked for must be there. */
  static void checkCredentialSpec(ParseResult flags, Surroundings around) {
    String spec = WincFlags.text(flags, "--credential-spec");
    if (!spec.isEmpty() && !Files.exists(around.resolve(spec))) {
      throw GardenException.failure(
          "Error with provided --credential-spec %s: %s"
              .formatted(spec, FileFailures.missing(around.resolve(spec))));
    }
  }

  /** The server's data directory, which the emulated host lives in. */
  static Path dataDirectory(ParseResult flags, Surroundings around) {
    String given = WincFlags.text(flags, "--data-dir");
    if (given.isEmpty()) {
      given =
          around
              .env()
              .getOrDefault("GARDENCELL_DATA_DIR", isWindows() ? WINDOWS_DATA : "garden-data");
    }
    return around.resolve(given);
  }

  private static Path root(ParseResult flags, Surroundings around) {
    String root = WincFlags.text(flags, "--root");
    if (!root.isEmpty()) {
      return around.resolve(root);
    }
    boolean ownData = flags.hasMatchedOption("--data-dir") || !isWindows();
    return ownData ? dataDirectory(flags, around).resolve("winc") : Path.of(WINDOWS_ROOT);
  }

  private static boolean isWindows() {
    return System.getProperty("os.name", "").startsWith("Windows");
  }

  private static @Nullable CredHubConfig credHub(String name, Surroundings around) {
    return name.isEmpty() ? null : CredHubConfig.read(name, around.resolve(name));
  }
}
