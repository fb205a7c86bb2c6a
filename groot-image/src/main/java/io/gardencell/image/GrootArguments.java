package io.gardencell.image;

import io.gardencell.api.GardenException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/**
 * The command line as groot.exe reads it (Source: urfave/cli): one dash or two, flags of a command
 * before, between or after its arguments, whole numbers in any base.
 */
final class GrootArguments {

  /** Commands with the number of arguments each takes. */
  private static final Map<String, Integer> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("create", 2);
    COMMANDS.put("pull", 1);
    COMMANDS.put("delete", 1);
    COMMANDS.put("stats", 1);
    COMMANDS.put("list", 0);
    COMMANDS.put("gc", 0);
    COMMANDS.put("clean", 0);
    COMMANDS.put("capacity", 0);
  }

  private final ToIntFunction<Given> action;
  private final PrintStream out;
  private final PrintStream err;

  GrootArguments(ToIntFunction<Given> action, PrintStream out, PrintStream err) {
    this.action = action;
    this.out = out;
    this.err = err;
  }

  int execute(String... arguments) {
    Global global = new Global();
    CommandLine line = new CommandLine(global).setStopAtPositional(true);
    for (String name : COMMANDS.keySet()) {
      Local local = new Local();
      CommandLine command = new CommandLine(local);
      command.setExecutionStrategy(CommandLine::executeHelpRequest);
      line.addSubcommand(name, command);
    }
    line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    line.setParameterExceptionHandler((e, words) -> refuse(e, line));
    line.setExecutionStrategy(
        result -> {
          Integer help = CommandLine.executeHelpRequest(result);
          return help == null ? run(global, result, line) : help;
        });
    return line.execute(arguments);
  }

  private int run(Global global, CommandLine.ParseResult result, CommandLine line) {
    if (result.hasSubcommand()) {
      CommandLine.ParseResult command = result.subcommand();
      Local local = command.commandSpec().commandLine().getCommand();
      return action.applyAsInt(new Given(global, local, command.commandSpec().name(), err));
    }
    List<String> words = global.words;
    if (words.isEmpty() || List.of("help", "h").contains(words.get(0))) {
      CommandConfig.read(global.config);
      line.usage(line.getOut());
      return 0;
    }
    return action.applyAsInt(new Given(global, new Local(words), "", err));
  }

  /** What cannot be read is told on standard output, the help between (Source: urfave/cli). */
  private int refuse(CommandLine.ParameterException e, CommandLine line) {
    CommandLine at = e.getCommandLine();
    boolean isGlobal = at == line;
    String reason = reason(e);
    out.println("Incorrect Usage" + (isGlobal ? ". " : ": ") + reason);
    out.println();
    at.usage(out);
    out.println(reason);
    return 1;
  }

  private static String reason(CommandLine.ParameterException e) {
    if (e instanceof CommandLine.UnmatchedArgumentException unmatched) {
      String first = unmatched.getUnmatched().get(0);
      return "flag provided but not defined: -" + first.replaceFirst("^--?", "").split("=", 2)[0];
    }
    if (e instanceof CommandLine.MissingParameterException && e.getArgSpec() != null) {
      return "flag needs an argument: " + name(e).replaceFirst("^--", "-");
    }
    if (e.getCause() instanceof TypeConversionException && e.getArgSpec() != null) {
      return "invalid value \"%s\" for flag %s: parse error"
          .formatted(e.getValue(), name(e).replaceFirst("^--", "-"));
    }
    return String.valueOf(e.getMessage());
  }

  private static String name(CommandLine.ParameterException e) {
    return e.getArgSpec() instanceof CommandLine.Model.OptionSpec option
        ? option.longestName()
        : "";
  }

  /** Flags before the command. */
  @Command(name = "groot", sortOptions = false, description = "images and volumes of containers")
  static final class Global {

    @Option(
        names = {"--config", "-config"},
        defaultValue = "",
        paramLabel = "FILE",
        description = "configuration (YAML)")
    String config = "";

    @Option(
        names = {"--driver-store", "-driver-store"},
        defaultValue = "",
        paramLabel = "DIR",
        description = "where layers and volumes are")
    String driverStore = "";

    @Option(
        names = {"--store", "-store"},
        defaultValue = "",
        paramLabel = "DIR",
        description = "taken and ignored")
    String store = "";

    @Option(
        names = {"--host", "-host"},
        defaultValue = "",
        paramLabel = "NAME",
        description = "hcs (default on Windows) or emulated (default elsewhere)")
    String host = "";

    @Option(
        names = {"--data-dir", "-data-dir"},
        defaultValue = "",
        paramLabel = "DIR",
        description = "the server's data directory; its store is used unless another is named")
    String dataDir = "";

    @Option(
        names = {"--help", "-help", "-h"},
        usageHelp = true,
        description = "print this")
    boolean help;

    @Parameters(hidden = true)
    List<String> words = new ArrayList<>();
  }

  /** Flags and arguments after the command. */
  @Command(sortOptions = false)
  static final class Local {

    @Option(
        names = {"--disk-limit-size-bytes", "-disk-limit-size-bytes"},
        defaultValue = "0",
        converter = GoInteger.class,
        paramLabel = "BYTES",
        description = "quota of the volume; 0 for none")
    long limit;

    @Option(
        names = {"--exclude-image-from-quota", "-exclude-image-from-quota"},
        description = "whether only what the container writes counts")
    boolean exclusive;

    @Option(
        names = {"--username", "-username"},
        defaultValue = "",
        paramLabel = "NAME",
        description = "registry user")
    String username = "";

    @Option(
        names = {"--password", "-password"},
        defaultValue = "",
        paramLabel = "TEXT",
        description = "registry password; better in GROOT_PASSWORD or a file")
    String password = "";

    @Option(
        names = {"--password-file", "-password-file"},
        defaultValue = "",
        paramLabel = "FILE",
        description = "file with the registry password")
    String passwordFile = "";

    @Option(
        names = {"--threshold-bytes", "-threshold-bytes"},
        defaultValue = "0",
        converter = GoInteger.class,
        paramLabel = "BYTES",
        description = "gc: unused layers up to so many bytes stay")
    long threshold;

    @Option(
        names = {"--progress", "-progress"},
        defaultValue = "auto",
        paramLabel = "KIND",
        description = "pull: bar, plain, log; auto is bar on a terminal and log elsewhere")
    String progress = "auto";

    @Option(
        names = {"--help", "-help", "-h"},
        usageHelp = true,
        description = "print this")
    boolean help;

    @Parameters(paramLabel = "ARGUMENT", arity = "0..*")
    List<String> words;

    Local() {
      this(new ArrayList<>());
    }

    Local(List<String> words) {
      this.words = words;
    }
  }

  /** What was given. */
  record Given(Global global, Local local, String command, PrintStream err) {

    String config() {
      return global.config;
    }

    String driverStore() {
      return global.driverStore;
    }

    String host() {
      return global.host;
    }

    String dataDir(String otherwise) {
      return global.dataDir.isEmpty() ? otherwise : global.dataDir;
    }

    long diskLimit() {
      return local.limit;
    }

    boolean excludeImageFromQuota() {
      return local.exclusive;
    }

    String username() {
      return local.username;
    }

    String password() {
      return local.password;
    }

    String passwordFile() {
      return local.passwordFile;
    }

    long threshold() {
      return local.threshold;
    }

    String progress() {
      return local.progress;
    }

    String word(int index) {
      return local.words.get(index);
    }

    void checkCount() {
      int expected = COMMANDS.getOrDefault(command, 0);
      if (local.words.size() != expected) {
        throw GardenException.failure(
            "Incorrect number of args. Expect " + expected + ", got " + local.words.size());
      }
    }

    int unknownCommand() {
      err.println("No help topic for '" + word(0) + "'");
      return 3;
    }
  }

  /** Decimal, {@code 0x}, {@code 0b}, {@code 0o} or {@code 0} octal, with underscores. */
  static final class GoInteger implements ITypeConverter<Long> {
    @Override
    public Long convert(String value) {
      try {
        String digits = value.replace("_", "").replaceFirst("^[+-]", "");
        long sign = value.startsWith("-") ? -1 : 1;
        String lower = digits.toLowerCase(java.util.Locale.ROOT);
        if (lower.startsWith("0x")) {
          return sign * Long.parseLong(lower.substring(2), 16);
        }
        if (lower.startsWith("0b")) {
          return sign * Long.parseLong(lower.substring(2), 2);
        }
        if (lower.startsWith("0o") || lower.matches("0[0-7]+")) {
          return sign * Long.parseLong(lower.replaceFirst("^0o?", ""), 8);
        }
        return Long.parseLong((sign < 0 ? "-" : "") + digits);
      } catch (NumberFormatException e) {
        throw new TypeConversionException("parse error");
      }
    }
  }
}
