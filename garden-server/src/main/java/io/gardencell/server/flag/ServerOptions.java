package io.gardencell.server.flag;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The daemon's settings: flags of the command line, which win, and of the configuration file. What
 * they mean says {@code docs/flags.md}. Immutable.
 */
public final class ServerOptions {

  /** Whether the daemon runs on Windows: some defaults are others there. */
  public static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");

  private final Map<Flag<?>, Object> values;

  private ServerOptions(Map<Flag<?>, Object> values) {
    this.values = values;
  }

  /** What a command line asks for. */
  public sealed interface Asked {

    /**
     * Help.
     *
     * @param usage every flag with its default
     */
    record Help(String usage) implements Asked {}

    /** The version. */
    record Version() implements Asked {}

    /** {@code server}, {@code cleanup} or {@code setup} with these settings. */
    record Command(String name, ServerOptions options) implements Asked {}
  }

  /**
   * The settings of a command line.
   *
   * @throws FlagsRefused naming everything that is wrong
   */
  public static ServerOptions parse(String... arguments) {
    return ask(List.of(arguments), WINDOWS) instanceof Asked.Command command
        ? command.options()
        : new ServerOptions(Map.of());
  }

  /**
   * What a command line asks for.
   *
   * @throws FlagsRefused naming everything that is wrong
   */
  public static Asked ask(List<String> arguments) {
    return ask(arguments, WINDOWS);
  }

  static Asked ask(List<String> arguments, boolean windows) {
    List<String> complaints = new ArrayList<>();
    CommandLineText.Written written = CommandLineText.parse(arguments, windows, complaints);
    if (written.wantsHelp()) {
      return new Asked.Help(CommandLineText.usage());
    }
    if (written.wantsVersion()) {
      return new Asked.Version();
    }
    Map<String, List<String>> texts = new LinkedHashMap<>();
    for (String file : written.config()) {
      try {
        texts.putAll(IniFile.read(Path.of(file), complaints));
      } catch (InvalidPathException e) {
        complaints.add("--config: '" + file + "' (expected: a path)");
      }
    }
    texts.putAll(written.values());
    Map<Flag<?>, Object> values = values(texts, complaints);
    ServerOptions options = new ServerOptions(values);
    options.requirePortPool(complaints);
    if (!complaints.isEmpty()) {
      throw new FlagsRefused(complaints);
    }
    return new Asked.Command(written.command(), options);
  }

  /** The reference's check and words, although the pool itself is the network plugin's. */
  private void requirePortPool(List<String> complaints) {
    long start = get(Flags.PORT_POOL_START).orElse(61001L);
    long size = get(Flags.PORT_POOL_SIZE).orElse(4534L);
    if (start + size > 65535) {
      complaints.add(
          "invalid pool range: port_pool: New: invalid port range: startL %d, size: %d"
              .formatted(start, size));
    }
  }

  private static Map<Flag<?>, Object> values(
      Map<String, List<String>> texts, List<String> complaints) {
    Map<Flag<?>, Object> values = new LinkedHashMap<>();
    texts.forEach(
        (name, given) -> {
          Optional<Flag<?>> flag =
              Flags.all().stream().filter(f -> f.name().equals(name)).findFirst();
          if (flag.isEmpty()) {
            complaints.add(CommandLineText.unknown(name));
            return;
          }
          try {
            values.put(flag.get(), flag.get().value().apply(given));
          } catch (IllegalArgumentException e) {
            complaints.add(
                "--%s: '%s' (expected: %s)"
                    .formatted(name, String.join("', '", given), flag.get().expected()));
          }
        });
    return values;
  }

  /** The value of a flag, given or by default. */
  @SuppressWarnings("unchecked") // only the flag's own value is ever put under it
  public <T> T get(Flag<T> flag) {
    return (T) values.getOrDefault(flag, flag.initial());
  }

  /** The flags that were given, in order. */
  public List<Flag<?>> given() {
    return List.copyOf(values.keySet());
  }

  /** The value that was given, for a log line. */
  public String shown(Flag<?> flag) {
    Object value = values.getOrDefault(flag, flag.initial());
    return value instanceof Optional<?> optional
        ? optional.map(String::valueOf).orElse("")
        : String.valueOf(value);
  }

  /** The data directory, absolute. */
  public Path dataDir() {
    return get(Flags.DATA_DIR)
        .orElseGet(() -> Path.of(WINDOWS ? "C:\\var\\vcap\\data\\garden" : "garden-data"))
        .toAbsolutePath()
        .normalize();
  }
}
