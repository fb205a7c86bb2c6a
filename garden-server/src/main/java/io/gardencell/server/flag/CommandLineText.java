package io.gardencell.server.flag;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParseResult;

/**
 * Takes a command line apart: {@code [-config FILE] [-v] [server|cleanup|setup] [flags]}, flags as
 * {@code --name=value}, {@code --name value} or, on Windows, {@code /name:value}.
 */
final class CommandLineText {

  private static final List<String> COMMANDS = List.of("server", "cleanup", "setup");

  private static final List<String> ON = List.of("true");

  private CommandLineText() {}

  /**
   * What was written.
   *
   * @param command {@code server}, {@code cleanup} or {@code setup}
   * @param values texts of each flag, in order
   * @param config configuration files
   */
  record Written(
      String command,
      Map<String, List<String>> values,
      List<String> config,
      boolean wantsHelp,
      boolean wantsVersion) {}

  static Written parse(List<String> arguments, boolean windows, List<String> complaints) {
    List<String> words = new ArrayList<>();
    for (String argument : arguments) {
      words.add(windows ? withDashes(argument) : argument);
    }
    for (int i = 0; i < words.size(); i++) {
      if (words.get(i).equals("-config") || words.get(i).startsWith("-config=")) {
        words.set(i, "-" + words.get(i));
      }
    }
    CommandLine line = new CommandLine(spec());
    // A plugin's argument may look like a flag of ours: --image-plugin-extra-arg=--config=FILE.
    line.getCommandSpec().parser().collectErrors(true).allowOptionsAsOptionParameters(true);
    ParseResult result = line.parseArgs(words.toArray(new String[0]));
    for (Exception error : result.errors()) {
      if (!(error instanceof CommandLine.UnmatchedArgumentException)) {
        complaints.add(String.valueOf(error.getMessage()));
      }
    }
    String command = "server";
    boolean named = false;
    for (String word : result.unmatched()) {
      if (word.startsWith("-")) {
        complaints.add(unknown(word.split("=", 2)[0]));
      } else if (!named && COMMANDS.contains(word)) {
        command = word;
        named = true;
      } else {
        complaints.add(
            "'%s' (expected: one of the commands %s, then flags)"
                .formatted(word, String.join(", ", COMMANDS)));
      }
    }
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (OptionSpec option : result.matchedOptions()) {
      List<String> texts = option.getValue();
      values.put(
          option.longestName().replaceFirst("^-+", ""), texts.isEmpty() ? ON : List.copyOf(texts));
    }
    List<String> config = values.getOrDefault("config", List.of());
    boolean help = values.remove("help") != null;
    boolean version = values.remove("version") != null;
    values.remove("config");
    return new Written(command, values, config, help, version);
  }

  /** {@code /name:value} as {@code --name=value}, if that is a flag; other words stay. */
  private static String withDashes(String word) {
    if (!word.startsWith("/")) {
      return word;
    }
    String[] parts = word.substring(1).split("[:=]", 2);
    String name = parts[0].toLowerCase(Locale.ROOT);
    if (name.equals("v") || name.equals("?")) {
      return name.equals("v") ? "--version" : "--help";
    }
    boolean isFlag =
        List.of("config", "help", "version").contains(name)
            || Flags.all().stream().anyMatch(flag -> flag.name().equals(name));
    return isFlag ? "--" + name + (parts.length < 2 ? "" : "=" + parts[1]) : word;
  }

  /** That there is no such flag, and which one may have been meant. */
  static String unknown(String written) {
    String name = written.replaceFirst("^-+", "");
    Map<Integer, String> byDistance = new TreeMap<>();
    for (Flag<?> flag : Flags.all()) {
      byDistance.putIfAbsent(distance(name, flag.name()), flag.name());
    }
    int least = byDistance.keySet().iterator().next();
    return "unknown flag '%s'".formatted(written)
        + (least <= 1 + name.length() / 4 ? ", did you mean --" + byDistance.get(least) + "?" : "");
  }

  /** How many letters differ at least (Levenshtein). */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int corner = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int change = corner + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(change, 1 + Math.min(above, row[j - 1]));
        corner = above;
      }
    }
    return row[b.length()];
  }

  /** The text for {@code --help}. */
  static String usage() {
    return new CommandLine(spec()).getUsageMessage(CommandLine.Help.Ansi.OFF);
  }

  private static CommandSpec spec() {
    CommandSpec spec =
        CommandSpec.create()
            .name("garden-server [server|cleanup|setup]")
            .usageMessage(
                new UsageMessageSpec()
                    .description(
                        "A Garden API server for Windows cells. server (the default) serves;",
                        "cleanup destroys all containers and ends; setup has nothing to do.")
                    .sortOptions(false)
                    .width(100)
                    .longOptionsMaxWidth(40)
                    .abbreviateSynopsis(true));
    for (Flag<?> flag : Flags.all()) {
      String initial = flag.initialText();
      String suffix =
          (initial.isEmpty() ? "" : " [" + initial + "]")
              + (flag.effect() == Flag.Effect.WORKS ? "" : " (" + flag.effect() + ")");
      spec.addOption(option(flag.isSwitch(), flag.help() + suffix, "--" + flag.name()));
    }
    return spec.addOption(option(false, "file with the flags, INI", "--config"))
        .addOption(option(true, "prints the version", "-v", "--version"))
        .addOption(option(true, "prints this text", "-h", "--help"));
  }

  private static OptionSpec option(boolean isSwitch, String help, String... names) {
    return OptionSpec.builder(names[0], names)
        .type(List.class)
        .auxiliaryTypes(String.class)
        .arity(isSwitch ? "0" : "1")
        .paramLabel("VALUE")
        .description(help.replace("%", "%%"))
        .build();
  }
}
