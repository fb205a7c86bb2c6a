package io.gardencell.image;

import io.gardencell.api.GardenException;
import io.gardencell.image.source.FileReasons;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.event.Level;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The configuration file of the command, which the server reads as well: the reference's keys and
 * ours; others are ignored (groot-image.md §3, §20).
 *
 * @param logLevel what is logged at least
 * @param insecureRegistries {@code host[:port]} for which TLS is optional
 * @param pinnedImages chain ids and URIs of images that {@code gc} keeps
 * @param createLock empty for the default
 * @param lockTimeout longest wait for a lock of the store
 * @param cleaning garbage collection after each create
 * @param limits what a layer may have at most
 */
public record CommandConfig(
    Level logLevel,
    Set<String> insecureRegistries,
    Set<String> pinnedImages,
    String createLock,
    Duration lockTimeout,
    ImageConfig.Cleaning cleaning,
    ImageConfig.LayerLimits limits) {

  private static final Map<String, Level> LEVELS =
      Map.of("debug", Level.DEBUG, "info", Level.INFO, "error", Level.ERROR, "fatal", Level.ERROR);

  /**
   * Reads a file; without a name all is default.
   *
   * @throws GardenException if it cannot be read, naming the key
   */
  public static CommandConfig read(String file) {
    Map<?, ?> values = file.isEmpty() ? Map.of() : parse(file);
    String level = text(values, "log_level", "info");
    Level known = LEVELS.get(level);
    if (known == null) {
      throw GardenException.failure("invalid log level: " + level);
    }
    return new CommandConfig(
        known,
        texts(values, "insecure_registries"),
        texts(values, "pinned_images"),
        text(values, "create_lock", ""),
        Duration.ofSeconds(number(values, "lock_timeout_seconds", 600, 1)),
        new ImageConfig.Cleaning(
            flag(values, "clean_on_create"), number(values, "clean_threshold_bytes", 0, 0)),
        limits(values));
  }

  private static ImageConfig.LayerLimits limits(Map<?, ?> values) {
    ImageConfig.LayerLimits usual = ImageConfig.LayerLimits.DEFAULT;
    return new ImageConfig.LayerLimits(
        number(values, "max_layer_bytes", usual.bytes(), 1),
        (int) Math.min(Integer.MAX_VALUE, number(values, "max_layer_entries", usual.entries(), 1)));
  }

  private static Map<?, ?> parse(String file) {
    String content;
    try {
      content = Files.readString(Path.of(file));
    } catch (IOException e) {
      throw GardenException.failure("reading config file: " + FileReasons.of("open", e), e);
    }
    try {
      Object document =
          new Load(LoadSettings.builder().setLabel(file).build()).loadFromString(content);
      if (document == null) {
        return Map.of();
      }
      if (document instanceof Map<?, ?> values) {
        return values;
      }
      throw malformed("document is no map");
    } catch (YamlEngineException e) {
      throw malformed(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
  }

  private static GardenException malformed(String reason) {
    return GardenException.failure("parsing config file: yaml: " + reason);
  }

  private static GardenException malformed(String key, Object value, String expected) {
    return malformed(key + ": '" + value + "' (expected: " + expected + ")");
  }

  private static String text(Map<?, ?> values, String key, String otherwise) {
    Object value = values.get(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof String text) {
      return text;
    }
    throw malformed(key, value, "a text");
  }

  private static Set<String> texts(Map<?, ?> values, String key) {
    Object value = values.get(key);
    if (value == null) {
      return Set.of();
    }
    if (value instanceof List<?> list) {
      return list.stream().map(String::valueOf).collect(Collectors.toUnmodifiableSet());
    }
    throw malformed(key, value, "a list");
  }

  private static boolean flag(Map<?, ?> values, String key) {
    Object value = values.get(key);
    if (value == null) {
      return false;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw malformed(key, value, "true or false");
  }

  private static long number(Map<?, ?> values, String key, long otherwise, long least) {
    Object value = values.get(key);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Number number && number.longValue() >= least) {
      return number.longValue();
    }
    throw malformed(key, value, "a number >= " + least);
  }

  /** The plugin's settings. */
  public ImageConfig imageConfig(Path store) {
    return new ImageConfig(
        store, "", insecureRegistries, pinnedImages, 0, lockTimeout, createLock, cleaning, limits);
  }
}
