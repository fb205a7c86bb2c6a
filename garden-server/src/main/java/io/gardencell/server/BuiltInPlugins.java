package io.gardencell.server;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.Host;
import io.gardencell.image.GrootImage;
import io.gardencell.image.ImageConfig;
import io.gardencell.network.NetworkConfig;
import io.gardencell.network.WincNetwork;
import io.gardencell.runtime.RuntimeConfig;
import io.gardencell.runtime.WincRuntime;
import io.gardencell.runtime.credentials.CredHubConfig;
import io.gardencell.server.cell.Plugins;
import io.gardencell.server.flag.Flag;
import io.gardencell.server.flag.Flags;
import io.gardencell.server.flag.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plugins in this process, configured by the extra arguments that the reference passes to its
 * executables; arguments that mean nothing here are named in the log.
 */
final class BuiltInPlugins {

  private static final Logger log = LoggerFactory.getLogger(BuiltInPlugins.class);

  private BuiltInPlugins() {}

  static Plugins of(ServerOptions options, Host host, Path dataDir) throws IOException {
    return new Plugins(
        new GrootImage(host, image(options, dataDir)),
        new WincNetwork(host, network(options, dataDir)),
        new WincRuntime(host, runtime(options, dataDir)));
  }

  private static RuntimeConfig runtime(ServerOptions options, Path dataDir) throws IOException {
    Map<String, String> given =
        pairs(
            Flags.RUNTIME_PLUGIN_ARGS,
            options,
            Set.of("--root", "--mount-root", "--credential-spec", "--config-file"));
    RuntimeConfig config =
        (given.containsKey("--root")
                ? RuntimeConfig.ofRoot(Path.of(given.get("--root")).toAbsolutePath())
                : RuntimeConfig.defaults(dataDir))
            .withEnvironment(System.getenv())
            .withMountRoot(
                given.containsKey("--mount-root")
                    ? Path.of(given.get("--mount-root")).toAbsolutePath()
                    : null);
    return config.withCredentials(credentialSpec(given), credHub(given));
  }

  private static @Nullable Path credentialSpec(Map<String, String> given) throws IOException {
    if (!given.containsKey("--credential-spec")) {
      return null;
    }
    Path spec = Path.of(given.get("--credential-spec")).toAbsolutePath();
    if (!Files.isRegularFile(spec)) {
      throw new IOException("--credential-spec: '" + spec + "' (expected: an existing file)");
    }
    return spec;
  }

  private static @Nullable CredHubConfig credHub(Map<String, String> given) throws IOException {
    String name = given.getOrDefault("--config-file", "");
    try {
      return name.isEmpty() ? null : CredHubConfig.read(name, Path.of(name).toAbsolutePath());
    } catch (GardenException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static ImageConfig image(ServerOptions options, Path dataDir) {
    Map<String, String> given =
        pairs(Flags.IMAGE_PLUGIN_ARGS, options, Set.of("--driver-store", "--config"));
    Path store =
        given.containsKey("--driver-store")
            ? Path.of(given.get("--driver-store")).toAbsolutePath()
            : ImageConfig.defaults(dataDir).driverStore();
    return ImageConfig.read(given.getOrDefault("--config", ""), store)
        .withDefaultRootfs(options.get(Flags.DEFAULT_ROOTFS));
  }

  private static NetworkConfig network(ServerOptions options, Path dataDir) throws IOException {
    Map<String, String> given = pairs(Flags.NETWORK_PLUGIN_ARGS, options, Set.of("--configFile"));
    Path file =
        options
            .get(Flags.NETWORK_CONFIG)
            .orElseGet(() -> Path.of(given.getOrDefault("--configFile", "")));
    if (file.toString().isEmpty()) {
      return NetworkConfig.defaults(dataDir);
    }
    try {
      return NetworkConfig.read(Files.readString(file), dataDir);
    } catch (IOException e) {
      throw new IOException("network configuration '" + file + "' cannot be read: " + e, e);
    } catch (GardenException e) {
      throw new IOException("network configuration '" + file + "': " + e.getMessage(), e);
    }
  }

  /** Values of the arguments understood here, {@code --name value} or {@code --name=value}. */
  private static Map<String, String> pairs(
      Flag<List<String>> flag, ServerOptions options, Set<String> understood) {
    List<String> words = new ArrayList<>();
    for (String word : options.get(flag)) {
      int equals = word.indexOf('=');
      boolean joined = word.startsWith("--") && equals > 0;
      words.addAll(
          joined ? List.of(word.substring(0, equals), word.substring(equals + 1)) : List.of(word));
    }
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < words.size(); i++) {
      if (understood.contains(words.get(i)) && i + 1 < words.size()) {
        values.put(words.get(i), words.get(++i));
      } else if (words.get(i).startsWith("-")) {
        log.atWarn()
            .addKeyValue("flag", "--" + flag.name())
            .addKeyValue("argument", words.get(i))
            .log("plugin argument has no effect on the built-in plugin");
      }
    }
    return values;
  }
}
