package io.gardencell.server.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.server.http.RequestObserver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that break the rules of connections, long before any time is over. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class HostileConnectionsTest extends ServedTest {

  private static final String CREATE = "POST /containers HTTP/1.1\r\nHost: api\r\n";
  private static final String UPLOAD = "PUT /containers/h/files HTTP/1.1\r\nHost: api\r\n";
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";

  private void aNewClientIsServed() throws IOException {
    assertThat(connect().get("/ping").status()).isEqualTo(200);
  }

  private final AtomicInteger answers = new AtomicInteger();

  @Override
  protected RequestObserver observer() {
    return (route, status, took) -> answers.incrementAndGet();
  }

  @Test
  void aClientThatAsksAndNeverReadsIsNotAnsweredEndlessly() throws Exception {
    int count = 200;
    backend.add("h").properties.put("large", "x".repeat(1 << 20));
    RawClient client = connect();

    client.send("GET /containers/h/properties HTTP/1.1\r\nHost: api\r\n\r\n".repeat(count));

    int before = 0;
    while (before == 0 || answers.get() > before) {
      before = answers.get();
      assertThat(new CountDownLatch(1).await(500, TimeUnit.MILLISECONDS)).isFalse();
    }
    // What the sockets of both sides hold, and one more.
    assertThat(before).isBetween(1, 40);
    aNewClientIsServed();
    for (int i = 0; i < count; i++) {
      assertThat(client.reply().body()).hasSizeGreaterThan(1 << 20);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"3;", "3;a=\"", "0\r\nX-Trailer: ", "333333333"})
  void endlessLinesAmongChunksAreCut(String begin) throws IOException {
    backend.add("h");
    for (String head : new String[] {CREATE, UPLOAD}) {
      RawClient client = connect();
      try {
        client.send(head + CHUNKED + begin);
        long taken = client.sendUntilItBlocks("3".repeat(64 << 20).getBytes());
        assertThat(taken).isLessThan(48L << 20);
        assertThat(new String(client.rest(), StandardCharsets.UTF_8))
            .startsWith(head.equals(CREATE) ? "HTTP/1.1 400 " : "HTTP/1.1 500 ");
      } catch (IOException cut) {
        // The server may have closed while we still sent.
      }
    }
    assertThat(backend.created).isEmpty();
    aNewClientIsServed();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: -1",
        "Content-Length: 1e3",
        "Content-Length: 99999999999999999999",
        "Content-Length: 3\r\nContent-Length: 4",
        "Transfer-Encoding: gzip"
      })
  void bodiesOfNoCertainLengthAreRefused(String framing) throws IOException {
    RawClient client = connect().send(CREATE + framing + "\r\n\r\n{}");

    assertThat(client.head()).matches("(?s)HTTP/1\\.1 (400|501) .*");
    assertThat(backend.created).isEmpty();
    assertThat(client.rest()).isNotNull();
  }

  // A server that took the length would see another request behind the first (smuggling).
  @Test
  void chunksCountWhereALengthIsGivenToo() throws IOException {
    RawClient client =
        connect().send(CREATE + "Content-Length: 4\r\n" + CHUNKED + "2\r\n{}\r\n0\r\n\r\n");

    int status = client.reply().status();

    assertThat(status).isIn(200, 400);
    assertThat(backend.created).hasSize(status == 200 ? 1 : 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u0000\u0000\u0000\u0000\r\n\r\n",
        "SSH-2.0-OpenSSH_9.0\r\n\r\n",
        "GET /ping\r\n\r\n"
      })
  void otherProtocolsAreRefused(String greeting) throws IOException {
    RawClient client =
        connect().send((greeting + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));

    assertThat(client.head()).matches("(?s)HTTP/1\\.1 (400|505) .*");
    aNewClientIsServed();
  }

  @Test
  void aBodyWhoseClientClosedItsSideHalfwayEndsAtOnce() throws IOException {
    RawClient client = connect().send(CREATE + "Content-Length: 100\r\n\r\n{").closeOutput();

    client.rest();

    assertThat(backend.created).isEmpty();
    aNewClientIsServed();
  }

  @Test
  void anUploadWhoseClientClosedItsSideHalfwayFailsAtOnce() throws IOException {
    FakeBackend.FakeContainer container = backend.add("h");
    RawClient client = connect().send(UPLOAD + "Content-Length: 100\r\n\r\nabc").closeOutput();

    String answer = new String(client.rest(), StandardCharsets.UTF_8);

    assertThat(answer).doesNotContain(" 200 ");
    assertThatThrownBy(() -> container.uploaded.get(10, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void aConnectionThatIsResetInTheMiddleOfAnythingFreesWhatItHeld() throws Exception {
    FakeBackend.FakeContainer container = backend.add("h");
    for (String begin :
        new String[] {
          "GET /pi", CREATE + "Content-Length: 100\r\n\r\n{", UPLOAD + CHUNKED + "5\r\nab"
        }) {
      connect().send(begin).reset();
    }

    assertThat(container.uploaded).failsWithin(Duration.ofSeconds(10));
    aNewClientIsServed();
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (api.server().openConnections() > 1 || api.server().requestsInFlight() > 0) {
      assertThat(System.nanoTime()).isLessThan(end);
      assertThat(new CountDownLatch(1).await(10, TimeUnit.MILLISECONDS)).isFalse();
    }
  }
}
