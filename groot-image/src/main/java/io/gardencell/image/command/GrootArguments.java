package io.gardencell.image.command;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.function.ToIntFunction;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/**
 * The command line as groot.exe reads it (Source: urfave/cli): one dash or two, flags of a command
 * before, between or after its arguments, whole numbers in any base.
 */
final class GrootArguments {

  private final Collection<String> commands;
  private final ToIntFunction<GrootInvocation> action;
  private final PrintStream out;
  private final PrintStream err;

  /**
   * A reader of command lines.
   *
   * @param action what runs a command; of an unknown one and of help the name is empty
   */
  GrootArguments(
      Collection<String> commands,
      ToIntFunction<GrootInvocation> action,
      PrintStream out,
      PrintStream err) {
    this.commands = commands;
    this.action = action;
    this.out = out;
    this.err = err;
  }

  /** Reads and runs; gives the exit code. */
  int execute(String... arguments) {
    CommandSpec top = spec("groot", GrootFlag.GLOBAL, true);
    top.usageMessage().description("images and volumes of containers");
    for (String name : commands) {
      top.addSubcommand(name, spec(name, GrootFlag.LOCAL, false));
    }
    CommandLine line = new CommandLine(top).setStopAtPositional(true);
    line.getSubcommands().values().forEach(command -> command.setStopAtPositional(false));
    line.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    line.setParameterExceptionHandler((e, words) -> refuse(e, line));
    line.setExecutionStrategy(result -> run(result, line));
    return line.execute(arguments);
  }

  private static CommandSpec spec(String name, List<GrootFlag> flags, boolean hideWords) {
    CommandSpec spec = CommandSpec.create().name(name);
    spec.usageMessage().sortOptions(false);
    flags.forEach(flag -> spec.addOption(flag.option()));
    spec.addOption(GrootFlag.helpOption());
    spec.addPositional(
        PositionalParamSpec.builder()
            .type(List.class)
            .auxiliaryTypes(String.class)
            .arity("0..*")
            .paramLabel("ARGUMENT")
            .hidden(hideWords)
            .build());
    return spec;
  }

  private int run(ParseResult result, CommandLine line) {
    Integer help = CommandLine.executeHelpRequest(result);
    if (help != null) {
      return help;
    }
    ParseResult local = result.hasSubcommand() ? result.subcommand() : result;
    List<String> words = local.matchedPositionalValue(0, List.of());
    String command = result.hasSubcommand() ? local.commandSpec().name() : "";
    return outermost(new GrootInvocation(command, words, result, local));
  }

  /** Callers look for the reason on standard output alone, that of a defect of ours as well. */
  @SuppressWarnings("checkstyle:IllegalCatch") // the outermost frame
  private int outermost(GrootInvocation invocation) {
    try {
      return action.applyAsInt(invocation);
    } catch (RuntimeException defect) {
      out.println(defect);
      defect.printStackTrace(err);
      return 1;
    }
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
    ArgSpec about = e.getArgSpec();
    if (about == null) {
      return String.valueOf(e.getMessage());
    }
    String name = about instanceof OptionSpec o ? o.longestName().replaceFirst("^--", "-") : "";
    if (e instanceof CommandLine.MissingParameterException) {
      return "flag needs an argument: " + name;
    }
    return e.getCause() instanceof TypeConversionException
        ? "invalid value \"%s\" for flag %s: parse error".formatted(e.getValue(), name)
        : String.valueOf(e.getMessage());
  }
}
