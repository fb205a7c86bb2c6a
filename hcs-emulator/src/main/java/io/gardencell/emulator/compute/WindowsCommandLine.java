package io.gardencell.emulator.compute;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a command line by the rules of the Microsoft C runtime (Source: "Parsing C command-line
 * arguments", CommandLineToArgvW): 2n backslashes before a quote are n backslashes and a quote that
 * opens or closes; 2n+1 are n backslashes and a literal quote; two quotes within quotes are one.
 */
final class WindowsCommandLine {

  private WindowsCommandLine() {}

  static List<String> parse(String line) {
    List<String> arguments = new ArrayList<>();
    int i = 0;
    int n = line.length();
    StringBuilder program = new StringBuilder();
    boolean quoted = false;
    while (i < n && isBlank(line.charAt(i))) {
      i++;
    }
    if (i == n) {
      return arguments;
    }
    // The program's name knows no escapes: quotes only switch.
    for (; i < n && (quoted || !isBlank(line.charAt(i))); i++) {
      if (line.charAt(i) == '"') {
        quoted = !quoted;
      } else {
        program.append(line.charAt(i));
      }
    }
    arguments.add(program.toString());
    while (true) {
      while (i < n && isBlank(line.charAt(i))) {
        i++;
      }
      if (i >= n) {
        return arguments;
      }
      StringBuilder argument = new StringBuilder();
      i = argument(line, i, argument);
      arguments.add(argument.toString());
    }
  }

  private static int argument(String line, int from, StringBuilder into) {
    boolean quoted = false;
    int i = from;
    while (i < line.length() && (quoted || !isBlank(line.charAt(i)))) {
      int slashes = 0;
      while (i < line.length() && line.charAt(i) == '\\') {
        slashes++;
        i++;
      }
      boolean quote = i < line.length() && line.charAt(i) == '"';
      into.append("\\".repeat(quote ? slashes / 2 : slashes));
      if (!quote) {
        if (slashes == 0) {
          into.append(line.charAt(i++));
        }
      } else if (slashes % 2 == 1) {
        into.append('"');
        i++;
      } else if (quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        into.append('"');
        i += 2;
      } else {
        quoted = !quoted;
        i++;
      }
    }
    return i;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }
}
