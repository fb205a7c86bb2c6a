package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.ContainerSpec;
import io.gardencell.api.GardenException;
import io.gardencell.api.ProcessSpec;
import io.gardencell.client.ProcessOutput;
import io.gardencell.client.RemoteContainer;
import io.gardencell.client.RemoteProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Processes of containers and their streams, on a socket, with the real modules. */
class ProcessesIT {

  private static final Duration BOUND = Duration.ofSeconds(60);

  private static GardenDaemon daemon;
  private static RemoteContainer container;

  @BeforeAll
  static void start() throws IOException {
    daemon = GardenDaemon.inProcess();
    container = daemon.client().create(ContainerSpec.ofHandle("processes"));
  }

  @AfterAll
  static void stop() throws IOException {
    daemon.close();
  }

  private static String lines(String name) {
    return IntStream.range(0, 1000)
        .mapToObj(i -> name + " " + i + "\n")
        .collect(Collectors.joining());
  }

  @Test
  void aThousandLinesOnBothStreamsArriveInOrderWithStdinEchoedAndTheStatus() throws IOException {
    String script =
        "i=0; while [ $i -lt 1000 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done;"
            + " cat; exit 42";
    try (RemoteProcess process = container.run(ProcessSpec.of("sh", "-c", script))) {
      try (OutputStream stdin = process.stdin()) {
        stdin.write("grüße, 日本語\nand the end".getBytes(StandardCharsets.UTF_8));
      }

      ProcessOutput output = process.readToEnd(BOUND);

      assertThat(output.stdoutText()).isEqualTo(lines("out") + "grüße, 日本語\nand the end");
      assertThat(output.stderrText()).isEqualTo(lines("err"));
      assertThat(output.exitStatus()).isEqualTo(42);
    }
  }

  // guardian.md §18 A44
  @Test
  void twoAttachesSeeTheSameOutputAndStatus() throws Exception {
    try (RemoteProcess ran =
            container.run(ProcessSpec.of("sh", "-c", "cat; echo end >&2; exit 7"));
        RemoteProcess first = container.attach(ran.id());
        RemoteProcess second = container.attach(ran.id())) {
      List<CompletableFuture<ProcessOutput>> outputs = new ArrayList<>();
      for (RemoteProcess each : List.of(ran, first, second)) {
        outputs.add(CompletableFuture.supplyAsync(() -> readToEnd(each)));
      }

      try (OutputStream stdin = ran.stdin()) {
        stdin.write(lines("typed").getBytes(StandardCharsets.UTF_8));
      }

      assertThat(first.streamId()).isNotEqualTo(second.streamId());
      for (CompletableFuture<ProcessOutput> output : outputs) {
        ProcessOutput seen = output.get(60, TimeUnit.SECONDS);
        assertThat(seen.stdoutText()).isEqualTo(lines("typed"));
        assertThat(seen.stderrText()).isEqualTo("end\n");
        assertThat(seen.exitStatus()).isEqualTo(7);
      }
    }
  }

  private static ProcessOutput readToEnd(RemoteProcess process) {
    try {
      return process.readToEnd(BOUND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // guardian.md §20 case 44
  @Test
  void aKilledProcessEndsAndSaysSo() throws IOException {
    try (RemoteProcess process = container.run(ProcessSpec.of("sleep", "100000"))) {
      process.kill();

      ProcessOutput output = process.readToEnd(BOUND);

      assertThat(output.exitStatus()).isNotZero();
      assertThatThrownBy(() -> container.attach(process.id()))
          .isInstanceOf(GardenException.ProcessNotFound.class);
    }
  }

  // guardian.md §20 case 44
  @Test
  void aProcessAskedToEndMayDoSoInItsOwnWay() throws IOException {
    String script = "trap 'echo cleaned up; exit 3' TERM; echo ready; while :; do sleep 0.1; done";
    try (RemoteProcess process = container.run(ProcessSpec.of("sh", "-c", script))) {
      assertThat(process.stdout().readNBytes(6)).asString().isEqualTo("ready\n");
      process.terminate();

      ByteArrayOutputStream rest = new ByteArrayOutputStream();
      long status = process.copyTo(rest, new ByteArrayOutputStream(), BOUND);

      assertThat(rest.toString(StandardCharsets.UTF_8)).isEqualTo("cleaned up\n");
      assertThat(status).isEqualTo(3);
    }
  }

  @Test
  void aSignalReachesAProcessThatReadsNoInputAfterTheInputHasEnded() throws IOException {
    try (RemoteProcess process = container.run(ProcessSpec.of("sleep", "100000"))) {
      process.stdin().write(new byte[100_000]);
      process.stdin().close();
      process.kill();

      assertThat(process.waitFor(BOUND)).isPresent();
    }
  }

  @Test
  void aProcessThatDoesNotExistIsNotFound() {
    assertThatThrownBy(() -> container.attach("no-such-process"))
        .isInstanceOf(GardenException.ProcessNotFound.class)
        .hasMessage("unknown process: no-such-process");
    assertThatThrownBy(() -> daemon.client().container("no-such").attach("p"))
        .isInstanceOf(GardenException.ContainerNotFound.class)
        .hasMessage("unknown handle: no-such");
  }

  @Test
  void aProgramThatDoesNotExistIsNotFound() {
    assertThatThrownBy(() -> container.run(ProcessSpec.of("no-such-program", "x")))
        .isInstanceOf(GardenException.ExecutableNotFound.class)
        .hasMessageContaining("no-such-program");
  }

  @Test
  void outputThatNobodyWaitedForIsThereAfterTheEnd() throws IOException {
    try (RemoteProcess process = container.run(ProcessSpec.of("echo", "quick"))) {
      assertThat(process.waitFor()).isZero();

      assertThat(process.stdout().readAllBytes()).asString().isEqualTo("quick\n");
      assertThat(process.stderr().readAllBytes()).isEmpty();
    }
  }

  /** What ended at once used to lose its output: 500 of them, eight at a time. */
  @Test
  void processesThatEndAtOnceLoseNoOutput() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(8);
    try {
      List<Future<ProcessOutput>> outputs = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        String line = "line " + i;
        outputs.add(
            clients.submit(
                () -> {
                  try (RemoteProcess process = container.run(ProcessSpec.of("echo", line))) {
                    return process.readToEnd(BOUND);
                  }
                }));
      }
      for (int i = 0; i < 500; i++) {
        ProcessOutput output = outputs.get(i).get(120, TimeUnit.SECONDS);
        assertThat(output.stdoutText()).isEqualTo("line " + i + "\n");
        assertThat(output.stderrText()).isEmpty();
        assertThat(output.exitStatus()).isZero();
      }
    } finally {
      clients.shutdownNow();
    }
  }

  /** A child that outlives its process holds the output open; the exit does not wait for it. */
  @Test
  void theExitIsToldWhileAChildStillHoldsTheOutput() throws IOException {
    String dir = "C:\\with-child";
    String script =
        "(while [ ! -e go ]; do sleep 0.05; done; echo of the child) & echo first; exit 5";
    try (RemoteProcess process = container.run(ProcessSpec.of("sh", "-c", script).withDir(dir))) {
      InputStream stdout = process.stdout();
      assertThat(stdout.readNBytes(6)).asString().isEqualTo("first\n");
      assertThat(process.waitFor(BOUND)).hasValue(5);

      try (RemoteProcess touch = container.run(ProcessSpec.of("touch", "go").withDir(dir))) {
        assertThat(touch.waitFor(BOUND)).hasValue(0);
      }

      assertThat(stdout.readAllBytes()).asString().isEqualTo("of the child\n");
    }
  }
}
