package io.gardencell.network.command;

import io.gardencell.network.FakeHns;
import io.gardencell.network.Patience;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** Runs of the command on a {@link FakeHns} with a running container {@code h1}. */
abstract class CommandRuns {

  final Path dir;
  final FakeHns hns = new FakeHns();
  String out = "";
  String err = "";

  CommandRuns(@TempDir Path dir) {
    this.dir = dir;
    hns.systems.add("h1");
  }

  int run(String stdin, String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.add("--data-dir=" + dir);
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    int code =
        WincNetworkCommand.run(
            all.toArray(String[]::new),
            new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(stdout, true, StandardCharsets.UTF_8),
            new PrintStream(stderr, true, StandardCharsets.UTF_8),
            command -> hns.host(),
            Patience.DEFAULT,
            port -> false,
            log -> {});
    out = stdout.toString(StandardCharsets.UTF_8);
    err = stderr.toString(StandardCharsets.UTF_8);
    return code;
  }
}
