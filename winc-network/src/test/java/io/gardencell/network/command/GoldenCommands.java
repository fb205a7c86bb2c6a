package io.gardencell.network.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.golden.GoldenRun;
import io.gardencell.hcs.golden.GoldenStage;
import io.gardencell.network.Patience;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Runs the commands of one vector: ours as they are, and of {@code winc} only what the network sees
 * of it, a compute system that is there or is not.
 */
final class GoldenCommands {

  private static final String PORT_STATE = "C:\\var\\vcap\\data\\winc-network\\port-state.json";

  private static final Patience PATIENCE =
      new Patience(
          Duration.ofSeconds(20),
          Duration.ofMillis(500),
          Duration.ofMillis(500),
          Duration.ofSeconds(20),
          Duration.ofDays(1));

  private final Path root;
  private final Supplier<Host> host;
  private final Consumer<String> create;
  private final Consumer<String> delete;
  private final GoldenRun.LogFile log;

  GoldenCommands(Path root, Supplier<Host> host, Consumer<String> create, Consumer<String> delete) {
    this.root = root;
    this.host = host;
    this.create = create;
    this.delete = delete;
    this.log = new GoldenRun.LogFile(root.resolve("log.json"));
  }

  /** Where the vector's files lie; the port state is below our data directory. */
  GoldenStage stage(String probe) {
    return new GoldenStage(root, probe)
        .place(PORT_STATE, root.resolve("data/network/port-state.json"));
  }

  GoldenRun.Ending run(GoldenRun.Invocation invocation) {
    List<String> args = new ArrayList<>(invocation.args());
    if (!invocation.tool().equals("winc-network")) {
      return winc(args);
    }
    args.add("--data-dir=" + root.resolve("data"));
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    int code =
        WincNetworkCommand.run(
            args.toArray(String[]::new),
            new ByteArrayInputStream(invocation.stdin()),
            new PrintStream(stdout, true, StandardCharsets.UTF_8),
            new PrintStream(stderr, true, StandardCharsets.UTF_8),
            command -> host.get(),
            PATIENCE,
            port -> false,
            log -> {});
    return GoldenRun.Ending.of(code, stdout.toByteArray(), stderr.toByteArray(), log.next());
  }

  /** The lines of the log since the last command. */
  List<JsonNode> log() {
    return log.next();
  }

  private GoldenRun.Ending winc(List<String> args) {
    String handle = args.get(args.size() - 1);
    if (args.contains("create") || args.contains("run")) {
      create.accept(handle);
    } else if (args.contains("delete")) {
      delete.accept(handle);
    } else {
      throw new IllegalArgumentException("winc " + args + " (expected: create, run or delete)");
    }
    return GoldenRun.Ending.of(0, new byte[0], new byte[0], List.of());
  }
}
