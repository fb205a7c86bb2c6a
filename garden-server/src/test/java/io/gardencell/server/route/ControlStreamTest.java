package io.gardencell.server.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.server.stream.FakeProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a client sends on the socket of its Run or Attach, and what it is told there. */
class ControlStreamTest extends ProcessServedTest {

  // garden-api.md §15 cases 52, 53 and 55
  @Test
  void stdinArrivesInOrderAndEndsOnAnEmptySource() throws Exception {
    RawClient client = started();

    client.send("{\"source\":0,\"data\":\"one \"}{\"source\":2,\"data\":\"two \"}");
    client.send("{\"source\":0,\"data\":\"\"}");
    for (String piece : new String[] {"{\"sour", "ce\":0,\"da", "ta\":\"three }\\\"\"}"}) {
      client.send(piece);
    }
    client.send("\n{\"source\":0}\n");

    assertThat(process.stdin.awaitEnd()).isTrue();
    assertThat(process.stdin.received()).isEqualTo("one two three }\"");
  }

  // garden-api.md §15 case 54
  @Test
  void bytesBehindTheRequestBodyBelongToTheStream() throws Exception {
    connect().send(runRequest() + "{\"source\":0,\"data\":\"early\"}{\"source\":0}");

    assertThat(process.stdin.awaitEnd()).isTrue();
    assertThat(process.stdin.received()).isEqualTo("early");
  }

  // garden-api.md §15 cases 56, 57 and 58; weakness 3
  @Test
  void signalsAndWindowSizesWorkAfterStdinWasClosed() throws Exception {
    RawClient client = started();

    client.send(
        "{\"source\":0}{\"signal\":7}{\"tty\":{\"window_size\":{\"columns\":80,\"rows\":24}}}");
    client.send("{\"signal\":0}{\"signal\":1}");

    assertThat(process.resized.get(10, TimeUnit.SECONDS)).isEqualTo("80x24");
    process.terminated.get(10, TimeUnit.SECONDS);
    process.killed.get(10, TimeUnit.SECONDS);
  }

  // garden-api.md §15 case 59; weakness 19
  @Test
  void aProcessThatDoesNotReadStdinCanStillBeKilled() throws Exception {
    process.stdin.block();
    RawClient client = started();

    client.send("{\"source\":0,\"data\":\"" + "x".repeat(1 << 20) + "\"}{\"signal\":1}");

    process.killed.get(10, TimeUnit.SECONDS);
  }

  // garden-api.md §15 case 60
  @Test
  void garbageOnTheControlStreamDetachesAndLeavesTheProcess() throws Exception {
    RawClient client = started();

    client.send("xyz");

    assertThat(client.rest()).isEmpty();
    assertThat(process.stdin.awaitEnd()).isTrue();
    assertThat(process.killed).isNotDone();
  }

  // garden-api.md §6.3: what counts is the first of tty, source and signal; process_id does not
  @Test
  void aPayloadOfSeveralMeaningsHasTheFirst() throws Exception {
    RawClient client = started();

    client.send("{\"tty\":{},\"source\":0,\"data\":\"x\"}");
    client.send("{\"process_id\":\"other\",\"source\":0,\"data\":\"y\",\"signal\":1}");
    client.send("{\"source\":0,\"data\":null,\"signal\":1}");

    assertThat(process.stdin.awaitEnd()).isTrue();
    assertThat(process.stdin.received()).isEqualTo("y");
    assertThat(process.killed).isNotDone();
    assertThat(process.resized).isNotDone();
  }

  // garden-api.md §6.3 W: input after the end of input is ignored
  @Test
  void inputBehindItsEndGoesNowhere() throws Exception {
    RawClient client = started();

    client.send("{\"source\":0,\"data\":\"a\"}{\"source\":0}{\"source\":0,\"data\":\"b\"}");
    client.send("{\"source\":0}{\"signal\":0}");

    process.terminated.get(10, TimeUnit.SECONDS);
    assertThat(process.stdin.received()).isEqualTo("a");
  }

  // garden-api.md §6.4: exit payload, then the end of the stream and no reset, which could
  // overtake it
  @Test
  void aClientThatStillSendsInputIsToldTheExit() throws Exception {
    process.stdin.block();
    RawClient client = started();
    String piece = "{\"source\":0,\"data\":\"" + "x".repeat(30_000) + "\"}\n";
    byte[] input = piece.repeat(700).getBytes(StandardCharsets.UTF_8);
    CompletableFuture<RawClient> sending =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return client.send(input);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (streams.waitingBytes() < 8 << 20) {
      assertThat(System.nanoTime()).isLessThan(end);
      assertThat(new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS)).isFalse();
    }

    process.exit(3);

    sending.get(10, TimeUnit.SECONDS);
    assertThat(new String(client.rest())).isEqualTo("{\"process_id\":\"p1\",\"exit_status\":3}\n");
  }

  // garden-api.md §15 case 62: the words of the failure and not of what carried it
  @Test
  void aFailureThatCameThroughOthersIsToldInItsOwnWords() throws IOException {
    RawClient client = started();

    process.exit.completeExceptionally(
        new CompletionException(new IllegalStateException("host lost it")));

    assertThat(new String(client.rest()))
        .isEqualTo("{\"process_id\":\"p1\",\"error\":\"host lost it\"}\n");
  }

  // garden-api.md §6.1: the client cannot read an error that says "Connection: close"
  @Test
  void anErrorOfARunDoesNotAnnounceTheEndOfTheConnection() throws IOException {
    RawClient client = connect();
    client.send(
        "POST /containers/h/processes HTTP/1.1\r\nHost: api\r\nContent-Length: 33554432\r\n\r\n");
    client.send(new byte[17 << 20]);

    RawClient.Reply reply = client.reply();

    assertThat(reply.status()).isEqualTo(500);
    assertThat(reply.body()).contains("request body exceeds the limit");
    assertThat(reply.header("Connection")).isEmpty();
  }

  // docs/threading.md: a host that does not answer for one process leaves the others theirs
  @Test
  void signalsThatHangDelayNoOthersHoweverOftenTheyAreRepeated() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    CountDownLatch host = new CountDownLatch(1);
    process.onTerminate =
        () -> {
          asked.incrementAndGet();
          ServerLifeTest.await(host);
        };
    RawClient client = started();
    FakeProcess other = backend.add("other").process;

    client.send("{\"signal\":0}".repeat(5000));
    connect().send(runRequest().replace("/h/", "/other/") + "{\"signal\":0}{\"signal\":1}");

    other.terminated.get(10, TimeUnit.SECONDS);
    other.killed.get(10, TimeUnit.SECONDS);
    client.send("{\"signal\":1}");
    process.killed.get(10, TimeUnit.SECONDS);
    assertThat(asked).hasValue(1);
    host.countDown();
  }

  // garden-api.md §6.3: errors are only logged
  @Test
  void signalsThatFailMayBeRepeated() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    CountDownLatch twice = new CountDownLatch(2);
    process.onTerminate =
        () -> {
          twice.countDown();
          if (asked.incrementAndGet() == 1) {
            throw new IllegalStateException("host is not well");
          }
        };
    RawClient client = started();

    client.send("{\"signal\":0}");
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (twice.getCount() > 0 && System.nanoTime() < end) {
      client.send("{\"signal\":0}");
      assertThat(new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS)).isFalse();
    }

    process.terminated.get(10, TimeUnit.SECONDS);
  }
}
