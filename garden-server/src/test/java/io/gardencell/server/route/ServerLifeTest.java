package io.gardencell.server.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerLifeTest extends ServedTest {

  // garden-api.md §15 case 65
  @Test
  void stopWithACreateInFlightLetsItAnswerAndRefusesOthers() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    backend.onPing =
        () -> {
          begun.countDown();
          await(go);
        };
    RawClient client = connect();
    client.send("GET /ping HTTP/1.1\r\nHost: api\r\n\r\n");
    await(begun);

    CompletableFuture<Void> stopped = CompletableFuture.runAsync(this::stop);
    go.countDown();

    assertThat(client.reply().status()).isEqualTo(200);
    stopped.get(10, TimeUnit.SECONDS);
  }

  // garden-api.md §15 cases 66 and 67; weakness 11
  @Test
  void stopIsPromptWithSilentConnectionsAndASecondOneIsRefused() throws Exception {
    for (int i = 0; i < 1000; i++) {
      connect();
    }
    long begin = System.nanoTime();

    stop();

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    assertThatThrownBy(api::stop).hasMessage("server is not running");
  }

  // garden-api.md §15 case 65
  @Test
  void whoComesAfterTheStopIsRefused() throws IOException {
    int port = api.port();

    stop();

    assertThatThrownBy(() -> new RawClient(port)).isInstanceOf(ConnectException.class);
  }

  // garden-api.md §11: bound first, then serving
  @Test
  void whoConnectsBeforeTheServerServesWaitsForItsAnswer() throws Exception {
    GardenApi early = new GardenApi(settings(), backend, streams, timer, (r, s, t) -> {});
    early.bind();
    try (RawClient client = new RawClient(early.port())) {
      client.send("GET /ping HTTP/1.1\r\nHost: api\r\n\r\n");

      early.serve();

      assertThat(client.reply().status()).isEqualTo(200);
    } finally {
      early.stop();
    }
  }

  // garden-api.md §14 weakness 11: a reader that has stalled does not hold up the stop
  @Test
  void aStalledDownloadIsCutWhenThePatienceIsOver() throws Exception {
    FakeBackend.BytesSource source = new FakeBackend.BytesSource(new byte[64 << 20]);
    backend.add("h").source = source;
    Duration patience = Duration.ofSeconds(1);
    GardenApi served = api(settings(patience));
    try (RawClient client = new RawClient(served.port())) {
      client.send("GET /containers/h/files?source=x HTTP/1.1\r\nHost: api\r\n\r\n");
      client.head();
      long begin = System.nanoTime();

      served.stop();

      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      assertThat(took).isBetween(patience, patience.plusSeconds(10));
      assertThat(source.closed.get(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  // garden-api.md §11: only sockets are removed; weakness 15
  @Test
  void aUnixSocketReplacesAnOldOneAndIsGoneInTheEnd(@TempDir Path directory) throws IOException {
    Path socket = directory.resolve("garden.sock");
    try (ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      left.bind(UnixDomainSocketAddress.of(socket));
    }
    GardenApi served = api(at(socket));
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      send(client, "GET /ping HTTP/1.0\r\n\r\n");
      String answer =
          new String(Channels.newInputStream(client).readAllBytes(), StandardCharsets.US_ASCII);

      assertThat(answer).startsWith("HTTP/1.0 200 OK").endsWith("{}\n");
      assertThat(Files.getPosixFilePermissions(socket)).hasSize(9);
    } finally {
      served.stop();
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void aUnixSocketCarriesProcessesAndEarlyAnswersToo(@TempDir Path directory) throws Exception {
    FakeBackend.FakeContainer container = backend.add("h");
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("garden.sock"));
    GardenApi served = api(GardenApi.Settings.defaults(settings().server().at(address)));
    try (SocketChannel run = SocketChannel.open(address);
        SocketChannel stdout = SocketChannel.open(address);
        SocketChannel upload = SocketChannel.open(address)) {
      send(run, "POST /containers/h/processes HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}");
      readUntil(run, "{\"process_id\":\"p1\",\"stream_id\":\"1\"}\n");
      send(stdout, "GET /containers/h/processes/p1/attaches/1/stdout HTTP/1.1\r\nHost: a\r\n\r\n");
      container.process.stdout.write("out".getBytes(StandardCharsets.US_ASCII));
      readUntil(stdout, "\r\n\r\nout");
      send(run, "{\"signal\":1}");
      container.process.killed.get(10, TimeUnit.SECONDS);

      send(
          upload,
          "PUT /containers/no/files HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n"
              + "x".repeat(1_000_000));
      readUntil(
          upload, "\"unknown handle: no\",\"Handle\":\"no\",\"ProcessID\":\"\",\"Binary\":\"\"}\n");
    } finally {
      served.stop();
    }
  }

  private static void send(SocketChannel socket, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    while (bytes.hasRemaining()) {
      socket.write(bytes);
    }
  }

  private static void readUntil(SocketChannel socket, String end) throws IOException {
    StringBuilder text = new StringBuilder();
    ByteBuffer one = ByteBuffer.allocate(1);
    while (!text.toString().endsWith(end)) {
      assertThat(socket.read(one.clear())).as(text.toString()).isEqualTo(1);
      text.append((char) one.get(0));
    }
  }

  // weakness 15
  @Test
  void whatIsNoSocketIsNotRemoved(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "precious");
    Path folder = Files.createDirectory(directory.resolve("folder"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    for (Path existing : List.of(file, folder, link, pipe)) {
      GardenApi refused = new GardenApi(at(existing), backend, streams, timer, (r, s, t) -> {});
      assertThatThrownBy(refused::bind)
          .isInstanceOf(IOException.class)
          .hasMessage(
              "error deleting existing socket: " + existing + " is not a socket, not removed");
      assertThat(existing).existsNoFollowLinks();
    }
    assertThat(file).hasContent("precious");
  }

  private GardenApi.Settings at(Path socket) {
    return GardenApi.Settings.defaults(settings().server().at(UnixDomainSocketAddress.of(socket)));
  }

  static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
