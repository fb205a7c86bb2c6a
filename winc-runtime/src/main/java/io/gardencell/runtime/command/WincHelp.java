package io.gardencell.runtime.command;

import picocli.CommandLine;

/** The help texts, headed as the reference's are. */
final class WincHelp {

  private static final String NAME = "winc.exe";

  private WincHelp() {}

  static String global(CommandLine line) {
    StringBuilder text =
        new StringBuilder("NAME:\n   ")
            .append(NAME)
            .append(" - Open Container Initiative runtime for Windows\n\nUSAGE:\n   ")
            .append(NAME)
            .append(" [global options] command [command options] [arguments...]\n\nCOMMANDS:\n");
    for (WincOperation operation : WincOperation.values()) {
      text.append(
          "   %-8s %s%n".formatted(operation.word(), operation.purpose()).replace("\r", ""));
    }
    text.append("   help, h  show help, or that of one command\n\nGLOBAL OPTIONS:\n");
    return text.append(options(line)).toString();
  }

  static String of(CommandLine line, WincOperation operation) {
    return "NAME:\n   %s %s - %s\n\nUSAGE:\n   %s %s [command options] <container-id>%s\n\nOPTIONS:\n%s"
        .formatted(
            NAME,
            operation.word(),
            operation.purpose(),
            NAME,
            operation.word(),
            operation == WincOperation.EXEC ? " [command [arguments...]]" : "",
            options(line));
  }

  private static String options(CommandLine line) {
    StringBuilder text = new StringBuilder();
    line.getCommandSpec()
        .options()
        .forEach(
            option -> {
              String names = option.longestName();
              String shortest = option.shortestName();
              String label = shortest.length() == 2 ? names + ", " + shortest : names;
              text.append(
                  "   %s%s%n"
                      .formatted(
                          "%-22s".formatted(option.arity().max() == 0 ? label : label + " value"),
                          String.join(" ", option.description()))
                      .replace("\r", ""));
            });
    return text.toString();
  }
}
