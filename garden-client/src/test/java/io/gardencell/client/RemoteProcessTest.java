package io.gardencell.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.GardenException;
import io.gardencell.api.ProcessSpec;
import io.gardencell.api.WindowSize;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The streams of a process, against a scripted socket. */
class RemoteProcessTest {

  private static final String RUN = "POST /containers/h/processes";
  private static final String RAW =
      "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final String STARTED = "{\"process_id\":\"p\",\"stream_id\":\"3\"}\n";
  private static final String OUTPUT = "GET /containers/h/processes/p/attaches/3/";
  private static final Duration BOUND = Duration.ofSeconds(30);

  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
  private final CountDownLatch goOn = new CountDownLatch(1);
  private ScriptedServer server;
  private RemoteContainer container;

  @BeforeEach
  void open() throws IOException {
    server = ScriptedServer.tcp();
    container = server.client().container("h");
  }

  @AfterEach
  void close() throws IOException {
    goOn.countDown();
    server.close();
  }

  private static String exit(int status) {
    return "{\"process_id\":\"p\",\"exit_status\":" + status + "}\n";
  }

  private void output(String name, String text) {
    server.on(
        OUTPUT + name,
        conversation ->
            conversation.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + text));
  }

  private void await() {
    try {
      assertThat(goOn.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A control connection that hands every line it gets to the test. */
  private void listening() {
    server.on(
        RUN,
        conversation -> {
          conversation.send(RAW + STARTED);
          for (String line = conversation.line(); !line.isEmpty(); line = conversation.line()) {
            received.add(line);
          }
        });
  }

  private List<String> received(int count) throws InterruptedException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lines.add(String.valueOf(received.poll(30, TimeUnit.SECONDS)));
    }
    return lines;
  }

  @Test
  void aRunIsOneRequestThatTurnsIntoAStream() throws IOException {
    server.on(RUN, conversation -> conversation.send(RAW + STARTED + exit(0)));

    try (RemoteProcess process = container.run(ProcessSpec.of("x"))) {
      assertThat(process.id()).isEqualTo("p");
      assertThat(process.streamId()).isEqualTo("3");
      assertThat(process.waitFor()).isZero();
    }

    assertThat(server.requests()).hasSize(1);
    assertThat(server.requests().get(0).head())
        .isEqualTo(
            "POST /containers/h/processes HTTP/1.1\r\nHost: api\r\nContent-Length: 37\r\n"
                + "Content-Type: application/json\r\n\r\n");
    assertThat(server.requests().get(0).text())
        .isEqualTo("{\"path\":\"x\",\"rlimits\":{},\"image\":{}}\n");
  }

  @Test
  void outputIsReadFromSocketsOfItsOwnAndTheStatusComesLast() throws IOException {
    server.on(RUN, conversation -> conversation.send(RAW + STARTED + exit(42)));
    output("stdout", "5\r\nraw\u0000\r\n0\r\n\r\n");
    output("stderr", "oops");

    try (RemoteProcess process = container.run(ProcessSpec.of("x"))) {
      ProcessOutput output = process.readToEnd(BOUND);

      assertThat(output.stdoutText()).isEqualTo("5\r\nraw\u0000\r\n0\r\n\r\n");
      assertThat(output.stderrText()).isEqualTo("oops");
      assertThat(output.exitStatus()).isEqualTo(42);
    }
  }

  @Test
  void theStatusMayComeBeforeTheLastOutput() throws IOException {
    server.on(RUN, conversation -> conversation.send(RAW + STARTED + exit(1)));
    server.on(
        OUTPUT + "stdout",
        conversation -> {
          conversation.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfirst");
          await();
          conversation.send(" last");
        });
    output("stderr", "");

    try (RemoteProcess process = container.run(ProcessSpec.of("x"))) {
      assertThat(process.waitFor()).isEqualTo(1);
      goOn.countDown();
      assertThat(process.readToEnd(BOUND).stdoutText()).isEqualTo("first last");
      assertThat(process.waitFor()).as("asked again").isEqualTo(1);
    }
  }

  @Test
  void aFullStreamDoesNotHoldUpTheOther() throws IOException {
    String much = "x".repeat(5_000_000);
    CountDownLatch read = new CountDownLatch(1);
    server.on(RUN, conversation -> conversation.send(RAW + STARTED + exit(0)));
    output("stdout", much);
    server.on(
        OUTPUT + "stderr",
        conversation -> {
          conversation.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nbegin");
          try {
            assertThat(read.await(30, TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          conversation.send(" end");
        });
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    ByteArrayOutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public synchronized void write(byte[] bytes, int from, int count) {
            super.write(bytes, from, count);
            if (size() == much.length()) {
              read.countDown();
            }
          }
        };

    try (RemoteProcess process = container.run(ProcessSpec.of("x"))) {
      assertThat(process.copyTo(out, err, BOUND)).isZero();
    }

    assertThat(out.size()).isEqualTo(much.length());
    assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("begin end");
  }

  @Test
  void aWaitWithABoundEndsAndCanBeTakenUpAgain() throws IOException {
    server.on(
        RUN,
        conversation -> {
          conversation.send(RAW + STARTED + "{\"process_id\":\"p\",\"exit_");
          await();
          conversation.send("status\":3221225477}\n");
        });

    try (RemoteProcess process = container.run(ProcessSpec.of("x"))) {
      assertThat(process.waitFor(Duration.ofMillis(30))).isEmpty();
      goOn.countDown();
      assertThat(process.waitFor(BOUND)).hasValue(3221225477L);
    }
  }

  @Test
  void aCopyWithABoundEndsAndCanBeTakenUpAgain() throws IOException {
    server.on(RUN, conversation -> conversation.send(RAW + STARTED + exit(0)));
    server.on(
        OUTPUT + "stdout",
        conversation -> {
          conversation.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\none");
          await();
          conversation.send(" two");
        });
    output("stderr", "");
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    try (RemoteProcess process = container.run(ProcessSpec.of("x"))) {
      assertThatThrownBy(
              () -> process.copyTo(out, OutputStream.nullOutputStream(), Duration.ofMillis(200)))
          .isInstanceOf(SocketTimeoutException.class);
      goOn.countDown();
      process.copyTo(out, OutputStream.nullOutputStream(), BOUND);
    }
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("one two");
  }

  @Test
  void standardInputIsTextInPiecesThatSplitNoCharacter() throws Exception {
    listening();
    byte[] euro = "€".getBytes(StandardCharsets.UTF_8);

    try (RemoteProcess process = container.run(ProcessSpec.of("x"))) {
      OutputStream stdin = process.stdin();
      stdin.write("a".getBytes(StandardCharsets.UTF_8));
      stdin.write(euro, 0, 1);
      stdin.write(euro, 1, 2);
      stdin.write(new byte[] {(byte) 0xff, 'b', (byte) 0xe2});
      stdin.close();

      assertThat(received(5))
          .containsExactly(
              "{\"process_id\":\"p\",\"source\":0,\"data\":\"a\"}",
              "{\"process_id\":\"p\",\"source\":0,\"data\":\"€\"}",
              "{\"process_id\":\"p\",\"source\":0,\"data\":\"\ufffdb\"}",
              "{\"process_id\":\"p\",\"source\":0,\"data\":\"\ufffd\"}",
              "{\"process_id\":\"p\",\"source\":0}");
      assertThatThrownBy(() -> stdin.write(1)).hasMessageContaining("closed");
    }
  }

  @Test
  void longInputGoesInPiecesOf32KibibytesAtMost() throws Exception {
    listening();

    try (RemoteProcess process = container.run(ProcessSpec.of("x"))) {
      process.stdin().write("y".repeat(70_000).getBytes(StandardCharsets.US_ASCII));

      assertThat(received(3))
          .extracting(String::length)
          .allMatch(length -> length <= 32 * 1024 + 50);
    }
  }

  @Test
  void signalsAndTheWindowSizeAreMessages() throws Exception {
    listening();

    try (RemoteProcess process = container.run(ProcessSpec.of("x"))) {
      process.terminate();
      process.kill();
      process.resize(new WindowSize(80, 24));

      assertThat(received(3))
          .containsExactly(
              "{\"process_id\":\"p\",\"signal\":0}",
              "{\"process_id\":\"p\",\"signal\":1}",
              "{\"process_id\":\"p\",\"tty\":{\"window_size\":{\"columns\":80,\"rows\":24}}}");
    }
  }

  @Test
  void anErrorInPlaceOfTheStatusIsThrown() throws IOException {
    server.on(
        RUN,
        conversation ->
            conversation.send(RAW + STARTED + "{\"process_id\":\"p\",\"error\":\"lost it\"}\n"));

    try (RemoteProcess process = container.run(ProcessSpec.of("x"))) {
      assertThatThrownBy(process::waitFor)
          .isInstanceOf(GardenException.class)
          .hasMessage("process error: lost it");
    }
  }

  @Test
  void aServerThatLetsGoIsNotAnExit() throws IOException {
    server.on(RUN, conversation -> conversation.send(RAW + STARTED));

    try (RemoteProcess process = container.run(ProcessSpec.of("x"))) {
      assertThatThrownBy(process::waitFor).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void nonsenseOnTheControlStreamIsAProtocolError() {
    server.on(RUN, conversation -> conversation.send(RAW + STARTED + "nonsense\n"));

    assertThatThrownBy(
            () -> {
              try (RemoteProcess process = container.run(ProcessSpec.of("x"))) {
                process.waitFor();
              }
            })
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void aRunThatIsRefusedHasTheServersReason() {
    server.answer(
        RUN, 500, "{\"Type\":\"ExecutableNotFoundError\",\"Message\":\"no such program: x\"}\n");

    assertThatThrownBy(() -> container.run(ProcessSpec.of("x")))
        .isInstanceOf(GardenException.ExecutableNotFound.class)
        .hasMessage("no such program: x");
  }

  @Test
  void anAnswerThatDoesNotTurnIntoAStreamIsAProtocolError() {
    server.answer(RUN, 200, "{}\n");

    assertThatThrownBy(() -> container.run(ProcessSpec.of("x")))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void anAttachIsAGetWithoutABody() throws IOException {
    server.on(
        "GET /containers/h/processes/p",
        conversation ->
            conversation.send(RAW.replace("201 Created", "200 OK") + STARTED + exit(0)));

    try (RemoteProcess process = container.attach("p")) {
      assertThat(process.waitFor()).isZero();
    }
    assertThat(server.requests().get(0).head())
        .isEqualTo("GET /containers/h/processes/p HTTP/1.1\r\nHost: api\r\n\r\n");
  }

  @Test
  void closingEndsWhoeverWaits() throws Exception {
    server.on(
        RUN,
        conversation -> {
          conversation.send(RAW + STARTED);
          conversation.awaitEnd();
        });
    for (String name : List.of("stdout", "stderr")) {
      server.on(
          OUTPUT + name,
          conversation -> {
            conversation.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            conversation.awaitEnd();
          });
    }
    RemoteProcess process = container.run(ProcessSpec.of("x"));
    BlockingQueue<Object> ended = new LinkedBlockingQueue<>();
    process.stdout();
    process.stderr();
    Thread waits = waiter(ended, () -> process.waitFor());
    Thread copies = waiter(ended, () -> process.readToEnd(Duration.ZERO).exitStatus());

    process.close();

    assertThat(ended.poll(30, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    assertThat(ended.poll(30, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    waits.join(30_000);
    copies.join(30_000);
    assertThat(waits.isAlive() || copies.isAlive()).isFalse();
  }

  private interface Wait {
    long call() throws IOException;
  }

  private static Thread waiter(BlockingQueue<Object> ended, Wait wait) {
    Thread thread =
        new Thread(
            () -> {
              try {
                ended.add(wait.call());
              } catch (IOException e) {
                ended.add(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
