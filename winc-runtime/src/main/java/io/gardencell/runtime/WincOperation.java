package io.gardencell.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gardencell.api.GardenException;
import io.gardencell.api.oci.OciJson;
import io.gardencell.api.oci.OciProcess;
import io.gardencell.api.oci.OciSpec;
import io.gardencell.api.spi.ContainerState.Status;
import io.gardencell.api.spi.ContainerStats;
import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.PropertyType;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** The commands of {@code winc}, one constant each. */
enum WincOperation {
  CREATE(false, true) {
    @Override
    int run(Call call) {
      CloseStack undo = new CloseStack();
      try {
        call.runtime.lifeCycle().create(call.bundle(), call.id(), undo);
        return 0;
      } catch (GardenException e) {
        throw undo.undo(e);
      }
    }
  },
  START(true, false) {
    @Override
    int run(Call call) throws IOException {
      ContainerStates.Known known = call.known();
      if (known.status() != Status.CREATED) {
        throw GardenException.failure(
            "cannot start a container in the %s state".formatted(known.status().word()));
      }
      Bundle bundle = Bundle.load(Path.of(known.file().bundle()), call.id());
      call.startInit(bundle, false, new CloseStack()).close();
      return 0;
    }
  },
  RUN(true, true) {
    @Override
    int run(Call call) throws IOException {
      boolean attached = !call.flags.hasMatchedOption("--detach");
      CloseStack undo = new CloseStack();
      ComputeProcess init;
      try {
        Bundle bundle = call.runtime.lifeCycle().create(call.bundle(), call.id(), undo);
        init = call.startInit(bundle, attached, undo);
      } catch (GardenException e) {
        throw undo.undo(e);
      }
      if (!attached) {
        init.close();
        return 0;
      }
      long code = call.attach(init);
      call.runtime.lifeCycle().delete(call.id(), false);
      return (int) code;
    }
  },
  EXEC(true, false) {
    @Override
    int run(Call call) throws IOException {
      ProcessSettings settings = call.settings();
      boolean attached = !call.flags.hasMatchedOption("--detach");
      ComputeProcess process;
      try {
        process =
            Containers.createProcess(
                call.runtime.systems().get(call.id()), call.id(), settings, attached);
      } catch (HcsException e) {
        throw Failures.of(e, call.id());
      }
      call.writePid(process.pid());
      if (!attached) {
        process.close();
        return 0;
      }
      return (int) call.attach(process);
    }
  },
  STATE(false, true) {
    @Override
    int run(Call call) throws IOException {
      ContainerStates.Known known = call.known();
      ObjectNode state = Call.MAPPER.createObjectNode();
      state.put("ociVersion", OciSpec.VERSION).put("id", call.id());
      state.put("status", known.status().word());
      if (known.file().pid() != 0) {
        state.put("pid", known.file().pid());
      }
      state.put("bundle", known.file().bundle());
      return call.print(state);
    }
  },
  EVENTS(false, true) {
    @Override
    int run(Call call) throws IOException {
      ContainerStats stats;
      try {
        stats =
            StatsSampler.stats(
                call.runtime
                    .systems()
                    .get(call.id())
                    .properties(PropertyType.STATISTICS, PropertyType.PROCESS_LIST));
      } catch (HcsException e) {
        throw Failures.of(e, call.id());
      }
      if (!call.flags.hasMatchedOption("--stats")) {
        return 0;
      }
      ObjectNode root = Call.MAPPER.createObjectNode();
      ObjectNode data = root.putObject("data");
      data.putObject("cpu")
          .putObject("usage")
          .put("total", stats.cpuTotalNanos())
          .put("kernel", stats.cpuKernelNanos())
          .put("user", stats.cpuUserNanos());
      ObjectNode raw = data.putObject("memory").putObject("raw");
      if (stats.memoryBytes() != 0) {
        raw.put("total_rss", stats.memoryBytes());
      }
      ObjectNode pids = data.putObject("pids");
      if (stats.processes() != 0) {
        pids.put("current", stats.processes());
      }
      return call.print(root);
    }
  },
  DELETE(false, true) {
    @Override
    int run(Call call) {
      call.runtime.lifeCycle().delete(call.id(), call.flags.hasMatchedOption("--force"));
      return 0;
    }
  };

  private final boolean flagsFirst;
  private final boolean exactlyOne;

  WincOperation(boolean flagsFirst, boolean exactlyOne) {
    this.flagsFirst = flagsFirst;
    this.exactlyOne = exactlyOne;
  }

  /** Does it; gives the exit code. */
  abstract int run(Call call) throws IOException;

  static @Nullable WincOperation named(String word) {
    for (WincOperation operation : values()) {
      if (operation.word().equals(word)) {
        return operation;
      }
    }
    return null;
  }

  String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

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
            .addPositional(
                PositionalParamSpec.builder()
                    .index("0..*")
                    .paramLabel("container-id")
                    .type(List.class)
                    .auxiliaryTypes(String.class)
                    .build());
    if (this == CREATE || this == RUN) {
      spec.addOption(value("bundle directory", "", "--bundle", "-bundle", "-b"))
          .addOption(flag("ignored", "--no-new-keyring", "-no-new-keyring"));
    }
    if (this == START || this == RUN || this == EXEC) {
      spec.addOption(value("file for the process id", "", "--pid-file", "-pid-file"));
    }
    if (this == RUN || this == EXEC) {
      spec.addOption(flag("do not wait for the process", "--detach", "-detach", "-d"));
    }
    if (this == EXEC) {
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
    if (this == EVENTS) {
      spec.addOption(flag("print statistics", "--stats", "-stats"));
    }
    if (this == DELETE) {
      spec.addOption(flag("unknown containers are no failure", "--force", "-force", "-f"));
    }
    return spec;
  }

  static OptionSpec flag(String description, String name, String... names) {
    return OptionSpec.builder(name, names).type(boolean.class).description(description).build();
  }

  static OptionSpec value(String description, String fallback, String name, String... names) {
    return OptionSpec.builder(name, names)
        .type(String.class)
        .defaultValue(fallback)
        .description(description)
        .build();
  }

  /** One invocation: its runtime, flags and streams. */
  record Call(
      WincRuntime runtime,
      ParseResult flags,
      List<String> positionals,
      InputStream stdin,
      PrintStream stdout,
      PrintStream stderr) {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    String id() {
      return positionals.get(0);
    }

    Path bundle() {
      return Path.of(WincCommand.text(flags, "--bundle"));
    }

    ContainerStates.Known known() {
      return runtime
          .states()
          .find(id())
          .orElseThrow(() -> GardenException.failure("container not found: " + id()));
    }

    ComputeProcess startInit(Bundle bundle, boolean pipes, CloseStack undo) {
      ComputeProcess init = runtime.lifeCycle().start(id(), bundle, pipes, undo);
      writePid(init.pid());
      return init;
    }

    void writePid(long pid) {
      String file = WincCommand.text(flags, "--pid-file");
      if (file.isEmpty()) {
        return;
      }
      try {
        AtomicFile.write(Path.of(file).toAbsolutePath(), Long.toString(pid));
      } catch (IOException e) {
        throw GardenException.failure("open " + file + ": " + e.getMessage(), e);
      }
    }

    long attach(ComputeProcess process) {
      Thread interrupt = new Thread(process::terminate, "winc-interrupt");
      Runtime.getRuntime().addShutdownHook(interrupt);
      try (WincProcess attached = new WincProcess(id(), process, Runnable::run)) {
        return AttachedStreams.pump(attached, stdin, stdout, stderr);
      } finally {
        Runtime.getRuntime().removeShutdownHook(interrupt);
      }
    }

    int print(ObjectNode document) throws JsonProcessingException {
      com.fasterxml.jackson.core.util.DefaultIndenter indenter =
          new com.fasterxml.jackson.core.util.DefaultIndenter("  ", "\n");
      stdout.print(MAPPER.writer(new GoPrinter(indenter)).writeValueAsString(document));
      stdout.flush();
      return 0;
    }

    /** The process of {@code exec}: its file, and what flags and arguments replace. */
    ProcessSettings settings() throws IOException {
      String file = WincCommand.text(flags, "--process");
      OciProcess given = file.isEmpty() ? null : read(Path.of(file));
      List<String> args = new ArrayList<>(positionals.subList(1, positionals.size()));
      List<String> env = flags.matchedOptionValue("--env", List.of());
      String cwd = WincCommand.text(flags, "--cwd");
      String user = WincCommand.text(flags, "--user");
      if (given != null) {
        args = args.isEmpty() ? given.args() : args;
        env = env.isEmpty() ? given.env() : env;
        cwd = cwd.isEmpty() ? given.cwd() : cwd;
        user = user.isEmpty() ? given.user().username() : user;
      } else if (cwd.isEmpty()) {
        cwd = ProcessSettings.DEFAULT_CWD;
      }
      return ProcessSettings.checked(cwd, args, env, user);
    }

    private static OciProcess read(Path file) throws IOException {
      if (!Files.exists(file)) {
        throw GardenException.failure("process config does not exist: " + file);
      }
      String json = "";
      try {
        json = Files.readString(file, StandardCharsets.UTF_8);
        return OciJson.read(json, OciProcess.class);
      } catch (CharacterCodingException e) {
        throw GardenException.failure("process config is not encoded in UTF-8: " + file, e);
      } catch (IllegalArgumentException e) {
        throw GardenException.failure(
            "process config contains invalid JSON: "
                + file
                + ": "
                + GoJsonErrors.text(json, String.valueOf(e.getMessage())),
            e);
      }
    }
  }
}
