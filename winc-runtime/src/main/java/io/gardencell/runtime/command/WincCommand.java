package io.gardencell.runtime.command;

import static io.gardencell.runtime.command.WincFlags.flag;
import static io.gardencell.runtime.command.WincFlags.value;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.runtime.Failures;
import io.gardencell.runtime.RuntimeConfig;
import io.gardencell.runtime.WincRuntime;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * The command {@code winc}: flags, texts and exit codes of winc.exe (Source: winc:
 * cmd/winc/main.go), on the same parts as the server's runtime. One run, one process.
 */
public final class WincCommand {

  private static final Logger log = LoggerFactory.getLogger(WincCommand.class);
  private static final int UNKNOWN_COMMAND = 3;

  private final Surroundings around;

  WincCommand(Surroundings around) {
    this.around = around;
  }

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) {
    Runtime.getRuntime().halt(new WincCommand(Surroundings.ofThisProcess()).run(args));
  }

  /** Runs the command; the exit code has all 32 bits. */
  int run(String... args) {
    CommandLog.attach(OutputStream.nullOutputStream(), true, false);
    CommandLine line = WincFlags.parser(globalSpec(), true);
    ParseResult flags;
    try {
      flags = line.parseArgs(args);
    } catch (CommandLine.ParameterException e) {
      String text = WincFlags.problem(e, List.of(args));
      print("Incorrect Usage. " + text + "\n\n" + WincHelp.global(line));
      return fail(text);
    }
    if (flags.hasMatchedOption("--help")) {
      return print(WincHelp.global(line));
    }
    try {
      return run(line, flags);
    } catch (CompletionException e) {
      return fail(
          String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage()));
    } catch (GardenException | IllegalArgumentException | IOException e) {
      return fail(String.valueOf(e.getMessage()));
    } catch (HcsException e) {
      return fail(Failures.text(e, ""));
    }
  }

  private int run(CommandLine line, ParseResult flags) throws IOException {
    WincLog wincLog = WincLog.of(flags);
    wincLog.attachToStderr(around);
    RuntimeConfig config = WincSettings.of(flags, around);
    wincLog.attach(around, WincFlags.text(flags, "--host"));
    WincSettings.checkCredentialSpec(flags, around);
    List<String> words = flags.matchedPositionalValue(0, List.of());
    if (words.isEmpty()) {
      return print(WincHelp.global(line));
    }
    boolean help = words.get(0).equals("help") || words.get(0).equals("h");
    if (help && words.size() == 1) {
      return print(WincHelp.global(line));
    }
    String word = words.get(help ? 1 : 0);
    WincOperation operation = WincOperation.named(word);
    if (operation == null) {
      String text = "No help topic for '" + word + "'";
      log.atError().log("{}", text + "\n");
      around.stderr().print(text + "\n");
      around.stderr().flush();
      return UNKNOWN_COMMAND;
    }
    return help
        ? print(WincHelp.of(WincFlags.parser(operation.spec(), true), operation))
        : run(operation, flags, config, words.subList(1, words.size()));
  }

  private int run(
      WincOperation operation, ParseResult flags, RuntimeConfig config, List<String> args)
      throws IOException {
    CommandLine line = WincFlags.parser(operation.spec(), operation.flagsFirst());
    ParseResult own;
    try {
      own = line.parseArgs(args.toArray(new String[0]));
    } catch (CommandLine.ParameterException e) {
      String text = WincFlags.problem(e, args);
      print("Incorrect Usage: " + text + "\n\n" + WincHelp.of(line, operation));
      return fail(text);
    }
    if (own.hasMatchedOption("--help")) {
      return print(WincHelp.of(line, operation));
    }
    List<String> positionals = own.matchedPositionalValue(0, List.of());
    String count = operation.wrongCount(positionals.size());
    if (!count.isEmpty()) {
      print("Incorrect Usage.\n\n" + WincHelp.of(line, operation));
      return fail("winc: \"%s\" %s".formatted(operation.word(), count));
    }
    if (positionals.get(0).isEmpty()) {
      throw GardenException.failure("container id: '' (expected: a name)");
    }
    Path data = WincSettings.dataDirectory(flags, around);
    try (Host host =
            around.hosts().apply(WincFlags.text(flags, "--host")).open(new HostOptions(data));
        WincRuntime runtime = new WincRuntime(host, config)) {
      return operation.run(new Invocation(runtime.lifeCycle(), own, positionals, around));
    }
  }

  private int fail(String text) {
    log.atError().log("{}", text);
    around.stderr().print(text + "\n");
    around.stderr().flush();
    return 1;
  }

  private int print(String text) {
    around.stdout().print(text);
    around.stdout().flush();
    return 0;
  }

  private static CommandSpec globalSpec() {
    return CommandSpec.create()
        .name("winc.exe")
        .addOption(flag("enable debug output for logging", "--debug", "-debug"))
        .addOption(value("log file", "NUL", "--log", "-log"))
        .addOption(
            WincFlags.number("write logs to this inherited handle", "--log-handle", "-log-handle"))
        .addOption(value("json or text", "json", "--log-format", "-log-format"))
        .addOption(value("ignored", "", "--image-store", "-image-store"))
        .addOption(value("directory of state files", "", "--root", "-root"))
        .addOption(value("gMSA credential spec file", "", "--credential-spec", "-credential-spec"))
        .addOption(value("CredHub settings", "", "--config-file", "-config-file"))
        .addOption(
            value(
                "directory of mounted volumes, as the server's", "", "--mount-root", "-mount-root"))
        .addOption(value("hcs or emulated", "", "--host", "-host"))
        .addOption(value("data directory of the server", "", "--data-dir", "-data-dir"))
        .addOption(flag("show help", "--help", "-help", "-h"))
        .addPositional(WincFlags.words("command [arguments]"));
  }
}
