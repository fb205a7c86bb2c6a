package io.gardencell.runtime.command;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** Flags as Go's flag package takes them: one or two dashes, the last one counts. */
final class WincFlags {

  private static final Pattern NUMBER =
      Pattern.compile("0[xX][0-9a-fA-F]{1,16}|[0-9]{1,19}|1[0-9]{19}");

  private WincFlags() {}

  /** A flag without a value. */
  static OptionSpec flag(String description, String name, String... names) {
    return OptionSpec.builder(name, names)
        .type(boolean.class)
        .arity("0")
        .description(description)
        .build();
  }

  /** A flag with a text. */
  static OptionSpec value(String description, String fallback, String name, String... names) {
    return OptionSpec.builder(name, names)
        .type(String.class)
        .arity("1")
        .defaultValue(fallback)
        .description(description)
        .build();
  }

  /** A flag with an unsigned number, which may be hexadecimal. */
  static OptionSpec number(String description, String name, String... names) {
    return OptionSpec.builder(name, names)
        .type(Long.class)
        .arity("1")
        .defaultValue("0")
        .converters(WincFlags::unsigned)
        .description(description)
        .build();
  }

  /** The words that are not flags. */
  static PositionalParamSpec words(String label) {
    return PositionalParamSpec.builder()
        .index("0..*")
        .arity("0..*")
        .paramLabel(label)
        .type(List.class)
        .auxiliaryTypes(String.class)
        .build();
  }

  static CommandLine parser(CommandSpec spec, boolean flagsFirst) {
    CommandLine line = new CommandLine(spec);
    line.setStopAtPositional(flagsFirst);
    line.setOverwrittenOptionsAllowed(true);
    line.setPosixClusteredShortOptionsAllowed(false);
    line.setAllowOptionsAsOptionParameters(true);
    line.setExpandAtFiles(false);
    line.setTrimQuotes(false);
    return line;
  }

  static String text(ParseResult flags, String name) {
    String value = flags.matchedOptionValue(name, null);
    if (value != null) {
      return value;
    }
    String fallback = flags.commandSpec().findOption(name).defaultValue();
    return fallback == null ? "" : fallback;
  }

  /** What is wrong with a command line, in Go's words. */
  static String problem(CommandLine.ParameterException e, List<String> args) {
    if (e instanceof CommandLine.UnmatchedArgumentException unknown) {
      String given = unknown.getUnmatched().get(0);
      return "flag provided but not defined: -"
          + given.replaceFirst("^--?", "").replaceFirst("=.*", "");
    }
    ArgSpec spec = e.getArgSpec();
    if (e instanceof CommandLine.MissingParameterException && !args.isEmpty()) {
      return "flag needs an argument: -" + bare(args.get(args.size() - 1));
    }
    if (spec instanceof OptionSpec option && e.getValue() != null) {
      String kind = option.typeInfo().isBoolean() ? "boolean value" : "value";
      return "invalid %s \"%s\" for flag -%s: parse error"
          .formatted(kind, e.getValue(), bare(option.longestName()));
    }
    return String.valueOf(e.getMessage());
  }

  private static String bare(String flag) {
    return flag.replaceFirst("^--?", "");
  }

  private static Long unsigned(String text) {
    if (!NUMBER.matcher(text).matches()) {
      throw new CommandLine.TypeConversionException("parse error");
    }
    try {
      return Long.parseUnsignedLong(
          text.startsWith("0x") || text.startsWith("0X") ? text.substring(2) : text,
          text.length() > 1 && Character.toLowerCase(text.charAt(1)) == 'x' ? 16 : 10);
    } catch (NumberFormatException tooLarge) {
      throw new CommandLine.TypeConversionException("value out of range: " + Map.of("value", text));
    }
  }
}
