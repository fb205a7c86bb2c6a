package io.gardencell.image.command;

import java.util.List;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * A flag of the command line, with one dash or two.
 *
 * @param label what the help calls its value
 * @param otherwise its value unless given
 */
record GrootFlag(String name, Class<?> type, String label, String otherwise, String help) {

  static final GrootFlag CONFIG = text("config", "FILE", "", "configuration (YAML)");
  static final GrootFlag DRIVER_STORE =
      text("driver-store", "DIR", "", "where layers and volumes are");
  static final GrootFlag STORE = text("store", "DIR", "", "taken and ignored");
  static final GrootFlag HOST =
      text("host", "NAME", "", "hcs (default on Windows) or emulated (default elsewhere)");
  static final GrootFlag DATA_DIR =
      text(
          "data-dir",
          "DIR",
          "",
          "the server's data directory; its store is used unless another is named");

  static final GrootFlag LIMIT = number("disk-limit-size-bytes", "quota of the volume; 0 for none");
  static final GrootFlag EXCLUSIVE =
      new GrootFlag(
          "exclude-image-from-quota",
          Boolean.class,
          "",
          "false",
          "whether only what the container writes counts");
  static final GrootFlag USERNAME = text("username", "NAME", "", "registry user");
  static final GrootFlag PASSWORD =
      text("password", "TEXT", "", "registry password; better in GROOT_PASSWORD or a file");
  static final GrootFlag PASSWORD_FILE =
      text("password-file", "FILE", "", "file with the registry password");
  static final GrootFlag THRESHOLD =
      number("threshold-bytes", "gc: unused layers up to so many bytes stay");
  static final GrootFlag PROGRESS =
      text(
          "progress",
          "KIND",
          "auto",
          "pull: bar, plain, log; auto is bar on a terminal and log elsewhere");

  /** Flags before the command. */
  static final List<GrootFlag> GLOBAL = List.of(CONFIG, DRIVER_STORE, STORE, HOST, DATA_DIR);

  /** Flags after the command. */
  static final List<GrootFlag> LOCAL =
      List.of(LIMIT, EXCLUSIVE, USERNAME, PASSWORD, PASSWORD_FILE, THRESHOLD, PROGRESS);

  private static GrootFlag text(String name, String label, String otherwise, String help) {
    return new GrootFlag(name, String.class, label, otherwise, help);
  }

  private static GrootFlag number(String name, String help) {
    return new GrootFlag(name, Long.class, "BYTES", "0", help);
  }

  OptionSpec option() {
    OptionSpec.Builder option =
        OptionSpec.builder("--" + name, "-" + name)
            .type(type)
            .defaultValue(otherwise)
            .description(help);
    if (type != Boolean.class) {
      option.arity("1").paramLabel(label);
    }
    if (type == Long.class) {
      option.converters(new GoInteger());
    }
    return option.build();
  }

  static OptionSpec helpOption() {
    return OptionSpec.builder("--help", "-help", "-h")
        .type(Boolean.class)
        .usageHelp(true)
        .description("print this")
        .build();
  }

  String text(ParseResult given) {
    return given.matchedOptionValue("--" + name, otherwise);
  }

  long number(ParseResult given) {
    return given.matchedOptionValue("--" + name, Long.valueOf(otherwise));
  }

  boolean isSet(ParseResult given) {
    return given.matchedOptionValue("--" + name, Boolean.FALSE);
  }
}
