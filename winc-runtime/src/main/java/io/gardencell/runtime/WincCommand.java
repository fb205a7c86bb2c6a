package io.gardencell.runtime;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * The command {@code winc}: flags, texts and exit codes of winc.exe (Source: winc:
 * cmd/winc/main.go), on the same parts as the server's runtime. One run, one process.
 */
public final class WincCommand {

  private static final Logger log = LoggerFactory.getLogger(WincCommand.class);
  private static final int UNKNOWN_COMMAND = 3;

  private final InputStream stdin;
  private final PrintStream stdout;
  private final PrintStream stderr;
  private final Function<ParseResult, Host> hosts;

  WincCommand(
      InputStream stdin,
      PrintStream stdout,
      PrintStream stderr,
      Function<ParseResult, Host> hosts) {
    this.stdin = stdin;
    this.stdout = stdout;
    this.stderr = stderr;
    this.hosts = hosts;
  }

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) {
    WincCommand command =
        new WincCommand(
            System.in,
            System.out,
            System.err,
            flags ->
                HostProvider.named(text(flags, "--host"))
                    .open(new HostOptions(dataDirectory(flags))));
    Runtime.getRuntime().halt(command.run(args));
  }

  /** Runs the command; the exit code has all 32 bits. */
  int run(String... args) {
    CommandLog.attach(OutputStream.nullOutputStream(), true, false);
    CommandLine line = parser(globalSpec());
    ParseResult flags;
    try {
      flags = line.parseArgs(args);
    } catch (CommandLine.ParameterException e) {
      String text = problem(e);
      stdout.print("Incorrect Usage. " + text + "\n\n" + help(line));
      stdout.flush();
      return fail(text);
    }
    if (flags.hasMatchedOption("--help")) {
      return print(help(line));
    }
    List<String> rest = flags.matchedPositionalValue(0, List.of());
    try {
      prepareLog(flags);
      if (rest.isEmpty() || List.of("help", "h").contains(rest.get(0))) {
        return print(help(line));
      }
      WincOperation operation = WincOperation.named(rest.get(0));
      if (operation == null) {
        String text = "No help topic for '" + rest.get(0) + "'";
        log.atError().log("{}", text + "\n");
        stderr.print(text + "\n");
        stderr.flush();
        return UNKNOWN_COMMAND;
      }
      return run(operation, flags, rest.subList(1, rest.size()));
    } catch (CompletionException e) {
      return fail(
          String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage()));
    } catch (GardenException | IllegalArgumentException | IOException e) {
      return fail(String.valueOf(e.getMessage()));
    } catch (HcsException e) {
      return fail(Failures.text(e, ""));
    }
  }

  private int run(WincOperation operation, ParseResult flags, List<String> args)
      throws IOException {
    CommandLine line = parser(operation.spec());
    line.setStopAtPositional(operation.flagsFirst());
    ParseResult own;
    try {
      own = line.parseArgs(args.toArray(new String[0]));
    } catch (CommandLine.ParameterException e) {
      String text = problem(e);
      stdout.print("Incorrect Usage: " + text + "\n\n" + help(line));
      stdout.flush();
      return fail(text);
    }
    if (own.hasMatchedOption("--help")) {
      return print(help(line));
    }
    List<String> positionals = own.matchedPositionalValue(0, List.of());
    String count = operation.wrongCount(positionals.size());
    if (!count.isEmpty()) {
      stdout.print("Incorrect Usage.\n\n" + help(line));
      stdout.flush();
      return fail("winc: \"%s\" %s".formatted(operation.word(), count));
    }
    RuntimeConfig config = WincSettings.of(flags, dataDirectory(flags));
    try (Host host = hosts.apply(flags);
        WincRuntime runtime = new WincRuntime(host, config)) {
      return operation.run(
          new WincOperation.Call(runtime, own, positionals, stdin, stdout, stderr));
    }
  }

  private void prepareLog(ParseResult flags) throws IOException {
    String file = text(flags, "--log");
    String handle = text(flags, "--log-handle");
    boolean none = file.isEmpty() || file.toUpperCase(Locale.ROOT).equals("NUL");
    CommandLog.attach(stderr, false, flags.hasMatchedOption("--debug"));
    if (!none && !isZero(handle)) {
      throw GardenException.failure("only one of --log and --log-handle can be passed");
    }
    if (!isZero(handle)) {
      throw GardenException.failure("log handle " + handle + " invalid: The handle is invalid.");
    }
    OutputStream out = OutputStream.nullOutputStream();
    if (!none) {
      Path path = Path.of(file).toAbsolutePath();
      if (path.getParent() != null) {
        Files.createDirectories(path.getParent());
      }
      out =
          Files.newOutputStream(
              path, StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.SYNC);
    }
    String format = text(flags, "--log-format");
    CommandLog.attach(out, format.equals("json"), flags.hasMatchedOption("--debug"));
    if (!format.equals("json") && !format.equals("text")) {
      throw GardenException.failure("invalid log format " + format);
    }
  }

  private static boolean isZero(String number) {
    return number.isEmpty() || number.equals("0");
  }

  private int fail(String text) {
    log.atError().log("{}", text);
    stderr.print(text + "\n");
    stderr.flush();
    return 1;
  }

  private int print(String text) {
    stdout.print(text);
    stdout.flush();
    return 0;
  }

  private static String problem(CommandLine.ParameterException e) {
    if (e instanceof CommandLine.UnmatchedArgumentException unknown) {
      return "flag provided but not defined: "
          + unknown.getUnmatched().get(0).replaceFirst("^--", "-");
    }
    return String.valueOf(e.getMessage());
  }

  private static CommandLine parser(CommandSpec spec) {
    CommandLine line = new CommandLine(spec);
    line.setStopAtPositional(true);
    line.setOverwrittenOptionsAllowed(true);
    line.setPosixClusteredShortOptionsAllowed(false);
    line.setExpandAtFiles(false);
    return line;
  }

  private static String help(CommandLine line) {
    return "NAME:\n   winc.exe - Open Container Initiative runtime for Windows\n\n"
        + line.getUsageMessage(CommandLine.Help.Ansi.OFF);
  }

  private static CommandSpec globalSpec() {
    return CommandSpec.create()
        .name("winc.exe")
        .addOption(WincOperation.flag("enable debug output for logging", "--debug", "-debug"))
        .addOption(WincOperation.value("log file", "NUL", "--log", "-log"))
        .addOption(
            OptionSpec.builder("--log-handle", "-log-handle")
                .type(String.class)
                .defaultValue("0")
                .description("write logs to this inherited handle")
                .build())
        .addOption(WincOperation.value("json or text", "json", "--log-format", "-log-format"))
        .addOption(WincOperation.value("ignored", "", "--image-store", "-image-store"))
        .addOption(WincOperation.value("directory of state files", "", "--root", "-root"))
        .addOption(
            WincOperation.value(
                "gMSA credential spec file", "", "--credential-spec", "-credential-spec"))
        .addOption(WincOperation.value("CredHub settings", "", "--config-file", "-config-file"))
        .addOption(WincOperation.value("hcs or emulated", "", "--host", "-host"))
        .addOption(
            WincOperation.value("data directory of the server", "", "--data-dir", "-data-dir"))
        .addOption(WincOperation.flag("show help", "--help", "-help", "-h"))
        .addPositional(
            PositionalParamSpec.builder()
                .index("0..*")
                .paramLabel("command [arguments]")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .build());
  }

  static String text(ParseResult flags, String name) {
    String value = flags.matchedOptionValue(name, null);
    if (value != null) {
      return value;
    }
    String fallback = flags.commandSpec().findOption(name).defaultValue();
    return fallback == null ? "" : fallback;
  }

  static Path dataDirectory(ParseResult flags) {
    String given = text(flags, "--data-dir");
    String environment = System.getenv("GARDENCELL_DATA_DIR");
    if (given.isEmpty() && environment != null) {
      given = environment;
    }
    if (given.isEmpty()) {
      boolean windows = System.getProperty("os.name", "").startsWith("Windows");
      given = windows ? "C:\\var\\vcap\\data\\garden" : "garden-data";
    }
    return Path.of(given).toAbsolutePath().normalize();
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
