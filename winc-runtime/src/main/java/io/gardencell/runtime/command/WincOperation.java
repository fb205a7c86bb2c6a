package io.gardencell.runtime.command;

import static io.gardencell.runtime.command.WincFlags.flag;
import static io.gardencell.runtime.command.WincFlags.value;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The commands of {@code winc}: their words, flags and numbers of arguments. */
enum WincOperation {
  CREATE("create a container", false, true, ContainerActions::create),
  START("start the process of a created container", true, false, ContainerActions::start),
  RUN("create a container and start its process", true, true, ContainerActions::run),
  EXEC("run another process in a container", true, false, ContainerActions::exec),
  STATE("print the state of a container", false, true, ContainerReports::state),
  EVENTS("print statistics of a container", false, true, ContainerReports::events),
  DELETE("end and remove a container", false, true, ContainerActions::delete);

  private final String purpose;
  private final boolean flagsFirst;
  private final boolean exactlyOne;
  private final Action action;

  WincOperation(String purpose, boolean flagsFirst, boolean exactlyOne, Action action) {
    this.purpose = purpose;
    this.flagsFirst = flagsFirst;
    this.exactlyOne = exactlyOne;
    this.action = action;
  }

  /** Does it; gives the exit code. */
  int run(Invocation invocation) throws IOException {
    return action.run(invocation);
  }

  static @Nullable WincOperation named(String word) {
    for (WincOperation operation : values()) {
      if (operation.word().equals(word)) {
        return operation;
      }
    }
    return null;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  String purpose() {
    return purpose;
  }

  /** Whether everything after the first argument is an argument, dashes or not. */
  boolean flagsFirst() {
    return flagsFirst;
  }

  /** What is wrong with a number of arguments; empty if nothing is. */
  String wrongCount(int count) {
    if (exactlyOne && count != 1) {
      return "requires exactly 1 argument(s)";
    }
    return count < 1 ? "requires a minimum of 1 argument(s)" : "";
  }

  CommandSpec spec() {
    CommandSpec spec =
        CommandSpec.create()
            .name("winc.exe " + word())
            .addOption(flag("show help", "--help", "-help", "-h"))
            .addPositional(WincFlags.words(this == EXEC ? "container-id command" : "container-id"));
    switch (this) {
      case CREATE -> addBundle(spec);
      case START -> addPidFile(spec);
      case RUN -> {
        addBundle(spec);
        addPidFile(spec);
        addDetach(spec);
      }
      case EXEC -> {
        addPidFile(spec);
        addDetach(spec);
        addProcess(spec);
      }
      case EVENTS -> spec.addOption(flag("print statistics", "--stats", "-stats"));
      case DELETE ->
          spec.addOption(flag("unknown containers are no failure", "--force", "-force", "-f"));
      default -> {}
    }
    return spec;
  }

  private static void addBundle(CommandSpec spec) {
    spec.addOption(value("bundle directory", "", "--bundle", "-bundle", "-b"))
        .addOption(flag("ignored", "--no-new-keyring", "-no-new-keyring"));
  }

  private static void addPidFile(CommandSpec spec) {
    spec.addOption(value("file for the process id", "", "--pid-file", "-pid-file"));
  }

  private static void addDetach(CommandSpec spec) {
    spec.addOption(flag("do not wait for the process", "--detach", "-detach", "-d"));
  }

  private static void addProcess(CommandSpec spec) {
    spec.addOption(value("process document", "", "--process", "-process", "-p"))
        .addOption(value("working directory", "", "--cwd", "-cwd"))
        .addOption(value("user name", "", "--user", "-user", "-u"))
        .addOption(
            OptionSpec.builder("--env", "-env", "-e")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity("1")
                .description("environment variable")
                .build());
  }

  /** What a command does. */
  @FunctionalInterface
  interface Action {
    int run(Invocation invocation) throws IOException;
  }
}
