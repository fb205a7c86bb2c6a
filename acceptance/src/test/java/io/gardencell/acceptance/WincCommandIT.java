package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gardencell.api.ContainerSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code winc} as an operator starts it, on a container of a running server. */
@Timeout(120)
class WincCommandIT {

  private static final Path JAR =
      Path.of(System.getProperty("gardencell.root", ".."), "winc-runtime", "target", "winc.jar");

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @SuppressWarnings("NullAway.Init")
  private GardenDaemon daemon;

  @BeforeEach
  void start() throws IOException {
    daemon = GardenDaemon.inProcess();
  }

  @AfterEach
  void stop() throws IOException {
    daemon.close();
  }

  @Test
  void aServersContainerIsSeenEnteredMeasuredAndDeleted() throws Exception {
    daemon.client().create(ContainerSpec.ofHandle("web"));

    JsonNode state = new ObjectMapper().readTree(succeeds("state", "web"));
    assertThat(state.path("status").asText()).isEqualTo("running");
    assertThat(ProcessHandle.of(state.path("pid").asLong())).isPresent();
    assertThat(succeeds("exec", "web", "echo", "from outside")).isEqualTo("from outside\n");
    assertThat(winc("exec", "web", "sh", "-c", "echo oops >&2; exit 7"))
        .isEqualTo(new Ending(7, "", "oops\n"));
    assertThat(winc("exec", "web", "sh", "-c", "exit 255").code()).isEqualTo(255);
    JsonNode stats = new ObjectMapper().readTree(succeeds("events", "--stats", "web"));
    assertThat(stats.at("/data/pids/current").asLong()).isPositive();

    succeeds("delete", "web");

    assertThat(winc("state", "web")).isEqualTo(new Ending(1, "", "container not found: web\n"));
    daemon.client().destroy("web");
    assertThat(daemon.client().handles(Map.of())).isEmpty();
  }

  private String succeeds(String... args) throws Exception {
    Ending ending = winc(args);
    assertThat(ending.stderr()).isEmpty();
    assertThat(ending.code()).isZero();
    return ending.stdout();
  }

  private Ending winc(String... args) throws Exception {
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    List<String> words = new ArrayList<>();
    words.add(ProcessHandle.current().info().command().orElse("java"));
    words.addAll(List.of("-XX:TieredStopAtLevel=1", "-jar", JAR.toString()));
    words.addAll(List.of("--data-dir", daemon.dataDir().toString()));
    words.addAll(List.of(args));
    Process process =
        new ProcessBuilder(words)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("%s", words).isTrue();
    return new Ending(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private record Ending(int code, String stdout, String stderr) {}
}
