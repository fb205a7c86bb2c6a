package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gardencell.api.ContainerSpec;
import io.gardencell.api.NetworkStat;
import io.gardencell.client.RemoteContainer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The server and {@code winc-network.jar}, as processes of their own, on one data directory: they
 * share the port pool and do not get into each other's way.
 */
class NetworkCommandIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int KILLS = Integer.getInteger("gardencell.network.kills", 3);
  private static final long SEED =
      Long.getLong("gardencell.seed", ThreadLocalRandom.current().nextLong(1_000_000));
  private static final String COMMAND = "winc-network/target/winc-network.jar";

  private GardenDaemon daemon;

  @BeforeEach
  void start() throws IOException {
    daemon = GardenDaemon.inProcess();
  }

  @AfterEach
  void stop() throws IOException {
    daemon.close();
  }

  /** What a run of the command came to. */
  private record Ending(int exitCode, String stdout, String stderr) {}

  private Ending command(String stdin, String... args) throws IOException {
    Path input = Files.createTempFile(daemon.dataDir(), "stdin", "");
    Path output = Files.createTempFile(daemon.dataDir(), "stdout", "");
    Path error = Files.createTempFile(daemon.dataDir(), "stderr", "");
    Files.writeString(input, stdin);
    List<String> line = line(args);
    Process process =
        new ProcessBuilder(line)
            .redirectInput(input.toFile())
            .redirectOutput(output.toFile())
            .redirectError(error.toFile())
            .start();
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("ends: %s", line).isTrue();
      return new Ending(process.exitValue(), Files.readString(output), Files.readString(error));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException(interrupted);
    } finally {
      process.destroyForcibly();
    }
  }

  private List<String> line(String... args) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar().toString(),
                "--data-dir=" + daemon.dataDir(),
                "--configFile=" + daemon.networkConfig()));
    line.addAll(List.of(args));
    return line;
  }

  private static Path jar() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (root != null && !Files.isRegularFile(root.resolve(COMMAND))) {
      root = root.getParent();
    }
    if (root == null) {
      throw new IOException("no " + COMMAND + " here or above; mvn package makes it");
    }
    return root.resolve(COMMAND);
  }

  private Set<Integer> pool(String handle) throws IOException {
    Path file = daemon.dataDir().resolve("network/port-state.json");
    Set<Integer> ports = new TreeSet<>();
    JSON.readTree(file.toFile())
        .path("acquired_ports")
        .path(handle)
        .forEach(port -> ports.add(port.asInt()));
    return ports;
  }

  @Test
  void portsThatServerAndCommandGiveAtOnceNeverCollide() throws Exception {
    RemoteContainer container = daemon.client().create(ContainerSpec.ofHandle("a"));
    List<CompletableFuture<Ending>> commands = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      String stdin =
          "{\"HostIP\":\"127.0.0.1\",\"HostPort\":0,\"ContainerIP\":\"\",\"ContainerPort\":%d}"
              .formatted(9100 + i);
      commands.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return command(stdin, "--action=net-in", "--handle=a");
                } catch (IOException failed) {
                  throw new java.io.UncheckedIOException(failed);
                }
              }));
    }
    List<Integer> given = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      given.add((int) container.netIn(0, 9000 + i).hostPort());
    }
    for (CompletableFuture<Ending> each : commands) {
      Ending ending = each.get(150, TimeUnit.SECONDS);
      assertThat(ending.exitCode()).as(ending.stderr()).isZero();
      JsonNode answer = JSON.readTree(ending.stdout());
      given.add(answer.path("host_port").asInt());
    }

    assertThat(given).doesNotHaveDuplicates().hasSize(22);
    assertThat(pool("a")).containsExactlyInAnyOrderElementsOf(given);
  }

  @Test
  void anUpWithoutItsContainerLeavesNothingAndSaysSo() throws IOException {
    daemon.client().create(ContainerSpec.ofHandle("a")).netIn(0, 9000);
    Set<Integer> before = pool("a");

    Ending ending =
        command(
            "{\"Pid\":1,\"netin\":[{\"host_port\":0,\"container_port\":8080}]}",
            "--action=up",
            "--handle=nobody");

    assertThat(ending.exitCode()).isEqualTo(1);
    assertThat(ending.stdout()).isEmpty();
    assertThat(ending.stderr())
        .isEqualTo(
            "networkUp: A virtual machine or container with the specified identifier does not"
                + " exist.\n");
    assertThat(pool("nobody")).isEmpty();
    assertThat(pool("a")).isEqualTo(before);
  }

  @Test
  void downTwiceIsNoFailureAndTheContainerCanBeDestroyed() throws IOException {
    RemoteContainer container = daemon.client().create(ContainerSpec.ofHandle("a"));
    int port = (int) container.netIn(0, 9000).hostPort();
    assertThat(pool("a")).containsExactly(port);

    for (int i = 0; i < 2; i++) {
      assertThat(command("null", "--action=down", "--handle=a")).isEqualTo(new Ending(0, "", ""));
      assertThat(pool("a")).isEmpty();
    }

    container.destroy();
    assertThat(daemon.client().create(ContainerSpec.ofHandle("b")).netIn(0, 9000).hostPort())
        .as("a port rests after its release")
        .isNotEqualTo(port);
  }

  // winc-network.md §22 case 141, for the command: killed at random moments of an up
  @Test
  void whatAKilledUpLeftGoesWithTheNextAction() throws IOException, InterruptedException {
    daemon.client().create(ContainerSpec.ofHandle("a"));
    assertThat(command("null", "--action=down", "--handle=a").exitCode()).isZero();
    String stdin = "{\"Pid\":1,\"netin\":[{\"host_port\":0,\"container_port\":8080}]}";
    Random random = new Random(SEED);
    for (int kill = 0; kill < KILLS; kill++) {
      Path input = Files.writeString(Files.createTempFile(daemon.dataDir(), "stdin", ""), stdin);
      Process process =
          new ProcessBuilder(line("--action=up", "--handle=a"))
              .redirectInput(input.toFile())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      Path note = daemon.dataDir().resolve("network/leftovers/a");
      while (process.isAlive() && !Files.exists(note)) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(150)));
      process.destroyForcibly();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      boolean connected = !Files.exists(note);

      assertThat(command("", "--action=create")).isEqualTo(new Ending(0, "", ""));

      System.out.printf("kill %d (seed %d): connected %s%n", kill, SEED, connected);
      assertThat(note).doesNotExist();
      assertThat(pool("a")).as("seed %d, kill %d", SEED, kill).hasSize(connected ? 1 : 0);
      assertThat(command("null", "--action=down", "--handle=a").exitCode()).isZero();
      assertThat(CellFiles.names(daemon.dataDir().resolve("emulator/hns/endpoints"))).isEmpty();
    }
  }

  // winc-network.md §22 case 134
  @Test
  void aMappedPortIsReachableUntilTheContainerIsDisconnected() throws IOException {
    RemoteContainer container = daemon.client().create(ContainerSpec.ofHandle("a"));
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int hostPort = (int) container.netIn(0, server.getLocalPort()).hostPort();
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), hostPort);
          Socket accepted = server.accept()) {
        accepted.getOutputStream().write(7);
        assertThat(socket.getInputStream().read()).isEqualTo(7);
      }

      container.destroy();

      assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), hostPort).close())
          .isInstanceOf(ConnectException.class);
    }
  }

  @Test
  void bytesThroughAMappedPortAreInTheMetrics() throws IOException {
    RemoteContainer container = daemon.client().create(ContainerSpec.ofHandle("a"));
    byte[] question = "x".repeat(3000).getBytes(StandardCharsets.UTF_8);
    byte[] answer = "y".repeat(7000).getBytes(StandardCharsets.UTF_8);
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      // nothing is isolated here, so this test can be what listens in the container
      int hostPort = (int) container.netIn(0, server.getLocalPort()).hostPort();
      CompletableFuture<Void> serving =
          CompletableFuture.runAsync(
              () -> {
                try (Socket accepted = server.accept()) {
                  assertThat(accepted.getInputStream().readNBytes(question.length))
                      .isEqualTo(question);
                  accepted.getOutputStream().write(answer);
                } catch (IOException failed) {
                  throw new java.io.UncheckedIOException(failed);
                }
              });
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), hostPort)) {
        socket.getOutputStream().write(question);
        assertThat(socket.getInputStream().readNBytes(answer.length)).isEqualTo(answer);
      }
      serving.join();
    }

    NetworkStat traffic = container.metrics().network();

    assertThat(traffic).isEqualTo(new NetworkStat(question.length, answer.length));
  }
}
