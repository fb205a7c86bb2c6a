package io.gardencell.image.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gardencell.api.GardenException;
import io.gardencell.api.spi.ImageRequest;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProvider;
import io.gardencell.image.CommandConfig;
import io.gardencell.image.GrootImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.ToIntFunction;

/**
 * The command {@code groot}: the flags, documents, texts and exit codes of groot.exe, and {@code
 * list}, {@code gc} and {@code capacity} (Source: groot: cmd/; groot-image.md §2, §20, §21). On
 * standard output is JSON, or the text of the failure; logs go to standard error. One run, one
 * thread.
 */
public final class GrootCommand {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Commands with the number of arguments each takes. */
  private static final Map<String, Integer> COMMANDS = commands();

  private static Map<String, Integer> commands() {
    Map<String, Integer> counts = new LinkedHashMap<>(); // the help's order
    counts.put("create", 2);
    counts.put("pull", 1);
    counts.put("delete", 1);
    counts.put("stats", 1);
    counts.put("list", 0);
    counts.put("gc", 0);
    counts.put("clean", 0);
    counts.put("capacity", 0);
    return counts;
  }

  /** How to reach a host, given the {@code --host} flag and the data directory. */
  interface Hosts {
    Host open(String name, Path dataDir);
  }

  private final Hosts hosts;
  private final Map<String, String> environment;
  private final PrintStream out;
  private final OutputStream err;
  private final BooleanSupplier terminal;

  GrootCommand(
      Hosts hosts,
      Map<String, String> environment,
      OutputStream out,
      OutputStream err,
      BooleanSupplier terminal) {
    this.hosts = hosts;
    this.environment = Map.copyOf(environment);
    this.out = new PrintStream(out, true, StandardCharsets.UTF_8);
    this.err = err;
    this.terminal = terminal;
  }

  /** Runs and ends the process with the exit code. */
  public static void main(String[] arguments) {
    PrintStream out = System.out;
    System.setOut(System.err); // standard output is for our documents alone
    GrootCommand command =
        new GrootCommand(
            (name, dataDir) -> HostProvider.named(name).open(new HostOptions(dataDir)),
            System.getenv(),
            out,
            System.err,
            () -> HostProvider.named("").isErrorTerminal());
    System.exit(command.run(arguments));
  }

  /** Runs to the end; gives the exit code. */
  int run(String... arguments) {
    return arguments().execute(arguments);
  }

  private GrootArguments arguments() {
    PrintStream log = new PrintStream(err, true, StandardCharsets.UTF_8);
    return new GrootArguments(COMMANDS.keySet(), this::run, out, log);
  }

  private int run(GrootInvocation given) {
    try {
      CommandConfig config = CommandConfig.read(given.text(GrootFlag.CONFIG));
      LagerLog log = new LagerLog(err, config.logLevel());
      log.attach();
      if (given.command().isEmpty()) {
        return other(given);
      }
      given.checkCount(COMMANDS.getOrDefault(given.command(), 0));
      return switch (given.command()) {
        case "create" -> create(given, config, log);
        case "pull" -> pull(given, config, log);
        case "delete" -> with(given, config, log, groot -> delete(groot, given));
        case "stats" -> with(given, config, log, groot -> stats(groot, given));
        case "gc", "clean" -> with(given, config, log, groot -> collect(groot, given));
        case "list" -> with(given, config, log, this::list);
        case "capacity" -> with(given, config, log, this::capacity);
        default -> other(given);
      };
    } catch (GardenException | HcsException | IllegalArgumentException e) {
      out.println(e.getMessage());
      return 1;
    }
  }

  private int other(GrootInvocation given) {
    if (given.words().isEmpty() || List.of("help", "h").contains(given.word(0))) {
      return arguments().execute("--help");
    }
    new PrintStream(err, true, StandardCharsets.UTF_8)
        .println("No help topic for '" + given.word(0) + "'");
    return 3;
  }

  private int with(
      GrootInvocation given, CommandConfig config, LagerLog log, ToIntFunction<GrootImage> work) {
    String dataDir =
        given.text(GrootFlag.DATA_DIR, environment.getOrDefault("GARDENCELL_DATA_DIR", ""));
    boolean pulls = given.command().equals("create") || given.command().equals("pull");
    if (given.text(GrootFlag.DRIVER_STORE).isEmpty() && dataDir.isEmpty()) {
      throw GardenException.failure((pulls ? "pulling image: " : "") + "driver store must be set");
    }
    Path data = path("data-dir", dataDir.isEmpty() ? "garden-data" : dataDir);
    Path store =
        given.text(GrootFlag.DRIVER_STORE).isEmpty()
            ? data.resolve("groot")
            : path("driver-store", given.text(GrootFlag.DRIVER_STORE));
    try (Host host = hosts.open(given.text(GrootFlag.HOST), data)) {
      return work.applyAsInt(new GrootImage(host, config.imageConfig(store), log, false));
    }
  }

  private static Path path(String flag, String text) {
    try {
      return Path.of(text).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw GardenException.failure(flag + ": '" + text + "' (expected: a path)", e);
    }
  }

  private int create(GrootInvocation given, CommandConfig config, LagerLog log) {
    String uri = given.word(0);
    GrootImage.checkUri(uri);
    if (given.number(GrootFlag.LIMIT) < 0) {
      throw GardenException.failure("invalid disk limit: " + given.number(GrootFlag.LIMIT));
    }
    ImageRequest request =
        new ImageRequest(
            given.word(1),
            uri,
            given.text(GrootFlag.USERNAME),
            password(given),
            given.number(GrootFlag.LIMIT),
            given.isSet(GrootFlag.EXCLUSIVE));
    return with(given, config, log, groot -> print(GrootDocuments.created(groot.create(request))));
  }

  /** A command line is visible to every user of the host, so there are other ways in. */
  private String password(GrootInvocation given) {
    if (!given.text(GrootFlag.PASSWORD).isEmpty()) {
      return given.text(GrootFlag.PASSWORD);
    }
    if (given.text(GrootFlag.PASSWORD_FILE).isEmpty()) {
      return environment.getOrDefault("GROOT_PASSWORD", "");
    }
    try {
      return Files.readString(path("password-file", given.text(GrootFlag.PASSWORD_FILE)))
          .stripTrailing();
    } catch (IOException e) {
      throw GardenException.failure(
          "reading password file: " + given.text(GrootFlag.PASSWORD_FILE), e);
    }
  }

  private int print(ObjectNode json) {
    try {
      out.println(JSON.writeValueAsString(json));
      return 0;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree is always writable", e);
    }
  }

  private int pull(GrootInvocation given, CommandConfig config, LagerLog log) {
    String uri = given.word(0);
    GrootImage.checkUri(uri);
    ProgressDisplay display = ProgressDisplay.of(given.text(GrootFlag.PROGRESS), terminal, err);
    if (display.isShown()) {
      log.onlyErrors();
    }
    return with(
        given,
        config,
        log,
        groot -> {
          try (display) {
            groot.pull(uri, given.text(GrootFlag.USERNAME), password(given), display);
            return 0;
          }
        });
  }

  private static int delete(GrootImage groot, GrootInvocation given) {
    groot.delete(given.word(0));
    return 0;
  }

  private int stats(GrootImage groot, GrootInvocation given) {
    return print(GrootDocuments.stats(groot.usage(given.word(0))));
  }

  private int collect(GrootImage groot, GrootInvocation given) {
    return print(GrootDocuments.removed(groot.collectGarbage(given.number(GrootFlag.THRESHOLD))));
  }

  private int list(GrootImage groot) {
    return print(GrootDocuments.list(groot));
  }

  private int capacity(GrootImage groot) {
    long bytes =
        groot
            .capacity()
            .orElseThrow(() -> GardenException.failure("capacity of the store is not known"));
    return print(GrootDocuments.capacity(bytes));
  }
}
