package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gardencell.api.ContainerSpec;
import io.gardencell.api.NetworkStat;
import io.gardencell.client.RemoteContainer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The server and {@code winc-network.jar}, as processes of their own, on one data directory: they
 * share the port pool and do not get into each other's way.
 */
class NetworkCommandIT {

  private static final ObjectMapper JSON = new ObjectMapper();
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
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar().toString(),
                "--data-dir=" + daemon.dataDir()));
    line.addAll(List.of(args));
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
