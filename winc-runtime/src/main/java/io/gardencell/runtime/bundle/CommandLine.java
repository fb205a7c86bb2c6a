package io.gardencell.runtime.bundle;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A command line as CreateProcess and the C runtime take it apart again.
 *
 * @param program the first argument, cleaned and with its extension, as error texts name it
 * @param text all arguments, quoted and joined
 */
public record CommandLine(String program, String text) {

  /** What CreateProcess takes at most, the closing NUL included. */
  static final int MAX_LENGTH = 32_767;

  /**
   * Makes the command line.
   *
   * @throws IllegalArgumentException if the program is empty, or something cannot be passed at all
   */
  public static CommandLine of(List<String> args) {
    if (args.isEmpty() || args.get(0).isEmpty()) {
      throw new IllegalArgumentException("program: '' (expected: the name of a program)");
    }
    String program = program(args.get(0));
    String text =
        args.stream()
            .skip(1)
            .map(CommandLine::quote)
            .collect(Collectors.joining(" ", quote(program) + (args.size() > 1 ? " " : ""), ""));
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("args: a NUL character (expected: none)");
    }
    if (text.length() >= MAX_LENGTH) {
      throw new IllegalArgumentException(
          "command line: %d characters (expected: fewer than %d)"
              .formatted(text.length(), MAX_LENGTH));
    }
    return new CommandLine(program, text);
  }

  private static String program(String arg) {
    String cleaned = WindowsPaths.clean(arg);
    String name = WindowsPaths.lastElement(cleaned);
    return name.indexOf('.') >= 0 && !name.endsWith(".") ? cleaned : cleaned + ".exe";
  }

  static String quote(String arg) {
    if (arg.isEmpty()) {
      return "\"\"";
    }
    boolean wrap = arg.indexOf(' ') >= 0 || arg.indexOf('\t') >= 0;
    StringBuilder quoted = new StringBuilder(arg.length() + 8);
    if (wrap) {
      quoted.append('"');
    }
    int backslashes = 0;
    for (int i = 0; i < arg.length(); i++) {
      char c = arg.charAt(i);
      if (c == '"') {
        quoted.append("\\".repeat(backslashes + 1));
      }
      backslashes = c == '\\' ? backslashes + 1 : 0;
      quoted.append(c);
    }
    if (wrap) {
      quoted.append("\\".repeat(backslashes)).append('"');
    }
    return quoted.toString();
  }
}
