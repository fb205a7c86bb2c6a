package io.gardencell.server.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.server.http.ServerSettings;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostileInputTest extends ServedTest {

  @Override
  GardenApi.Settings settings() {
    return settings(Duration.ofMillis(300), Duration.ofMillis(600));
  }

  private static GardenApi.Settings settings(Duration header, Duration idle) {
    return new GardenApi.Settings(
        ServerSettings.loopback().withTimes(header, idle, Duration.ofSeconds(2)),
        Duration.ZERO,
        Duration.ofMillis(100));
  }

  // garden-api.md §15 case 6; §14 weakness 13
  @ParameterizedTest
  @ValueSource(
      strings = {"", "G", "GET /ping HTTP/1.1\r\nHos", "GET /ping HTTP/1.1\r\nHost: a\r\n"})
  void aHeadThatDoesNotEndInTimeIsCutWithoutAWord(String begin) throws IOException {
    assertThat(connect().send(begin).rest()).isEmpty();
  }

  // garden-api.md §15 case 6: the time counts from the first byte of a follow-up request
  @Test
  void aFollowUpHeadThatDoesNotEndInTimeIsCutToo() throws IOException {
    RawClient client = connect();
    client.get("/ping");

    assertThat(client.send("GET /pi").rest()).isEmpty();
  }

  // garden-api.md §15 case 7
  @Test
  void withoutAHeaderTimeoutASlowHeadIsServed() throws Exception {
    GardenApi patient = api(settings(Duration.ZERO, Duration.ZERO));
    try (RawClient client = new RawClient(patient.port())) {
      for (String piece : new String[] {"GET /pi", "ng HTTP/1.1\r\nHo", "st: api\r\n", "\r\n"}) {
        assertThat(new CountDownLatch(1).await(250, TimeUnit.MILLISECONDS)).isFalse();
        client.send(piece);
      }

      assertThat(client.reply().status()).isEqualTo(200);
    } finally {
      patient.stop();
    }
  }

  @Test
  void aConnectionWithoutARequestIsClosedWhenItsTimeIsOver() throws IOException {
    RawClient client = connect();
    client.get("/ping");

    assertThat(client.rest()).isEmpty();
  }

  @Test
  void aBodyThatStopsHalfwayEndsTheConnection() throws IOException {
    RawClient client = connect();

    client.send("POST /containers HTTP/1.1\r\nHost: api\r\nContent-Length: 100\r\n\r\n{");

    assertThat(client.rest()).isEmpty();
    assertThat(backend.created).isEmpty();
  }

  @Test
  void anUploadThatStopsHalfwayEndsTheConnectionAndTheExtraction() throws Exception {
    FakeBackend.FakeContainer container = backend.add("h");
    RawClient client = connect();

    client.send("PUT /containers/h/files HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc");

    assertThat(client.rest()).isEmpty();
    assertThat(container.uploaded).failsWithin(Duration.ofSeconds(10));
  }

  @Test
  void aDownloadThatNobodyTakesEndsTheConnectionAndFreesItsSource() throws IOException {
    FakeBackend.BytesSource source = new FakeBackend.BytesSource(new byte[64 << 20]);
    backend.add("h").source = source;

    connect().send("GET /containers/h/files?source=x HTTP/1.1\r\nHost: api\r\n\r\n").head();

    assertThat(source.closed).succeedsWithin(Duration.ofSeconds(10));
  }

  @ParameterizedTest
  @ValueSource(strings = {"close", "keep-alive"})
  void anAnswerThatNobodyTakesEndsTheConnection(String connection) throws Exception {
    backend.add("h").properties.put("k", "v".repeat(16 << 20));

    connect()
        .send("GET /containers/h/properties HTTP/1.1\r\nHost: a\r\nConnection: ")
        .send(connection + "\r\n\r\n")
        .head();

    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (api.server().openConnections() > 0) {
      assertThat(System.nanoTime()).isLessThan(end);
      assertThat(new CountDownLatch(1).await(10, TimeUnit.MILLISECONDS)).isFalse();
    }
  }

  @Test
  void aSlowButSteadyUploadIsNotCut() throws Exception {
    FakeBackend.FakeContainer container = backend.add("h");
    RawClient client = connect();
    client.send("PUT /containers/h/files HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
    for (int i = 0; i < 5; i++) {
      assertThat(new CountDownLatch(1).await(250, TimeUnit.MILLISECONDS)).isFalse();
      client.send("x");
    }

    assertThat(client.reply().status()).isEqualTo(200);
    assertThat(container.received).hasSize(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET /ping HTTP/1.1\r\nHost: api\r\nX: ", "GET /"})
  void aHeadOverTheLimitIsRefused(String begin) throws IOException {
    RawClient client = connect();
    try {
      client.send(begin + "x".repeat(3 << 20) + "\r\n\r\n");
    } catch (SocketException e) {
      // The answer may be there before all was sent.
    }

    assertThat(client.head()).startsWith("HTTP/1.1 431 ");
  }

  // garden-api.md §1: the limit is for the line and the headers together
  @Test
  void aLineAndHeadersThatTogetherAreOverTheLimitAreRefused() throws IOException {
    GardenApi patient = api(settings(Duration.ZERO, Duration.ZERO));
    try (RawClient client = new RawClient(patient.port())) {
      client.send("GET /containers?" + "x".repeat(600_000) + " HTTP/1.1\r\nHost: api\r\n");
      client.send("X: " + "x".repeat(600_000) + "\r\n\r\n");

      assertThat(client.head()).startsWith("HTTP/1.1 431 ");
    } finally {
      patient.stop();
    }
  }

  // garden-api.md §1: neither a call that takes long nor a stream of a process has a time
  @Test
  void callsAndStreamsMayTakeLongerThanAnIdleConnection() throws Exception {
    FakeBackend.FakeContainer container = backend.add("h");
    RawClient run = connect();
    run.send("POST /containers/h/processes HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}");
    run.head();
    run.line();
    RawClient stdout = connect();
    stdout
        .send("GET /containers/h/processes/p1/attaches/1/stdout HTTP/1.1\r\nHost: a\r\n\r\n")
        .head();
    CountDownLatch never = new CountDownLatch(1);
    backend.onCreate =
        () -> {
          try {
            assertThat(never.await(900, TimeUnit.MILLISECONDS)).isFalse();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        };

    assertThat(connect().call("POST", "/containers", "{}").status()).isEqualTo(200);

    container.process.stdout.write("still there".getBytes());
    assertThat(new String(stdout.read(11))).isEqualTo("still there");
    run.send("{\"signal\":1}");
    container.process.killed.get(10, TimeUnit.SECONDS);
  }

  @Test
  void manyHeadersUpToTheLimitAreServed() throws IOException {
    GardenApi patient = api(settings(Duration.ZERO, Duration.ZERO));
    try (RawClient client = new RawClient(patient.port())) {
      client.send(
          "GET /ping HTTP/1.1\r\nHost: api\r\n" + "X-Y: zzzzzzzzzz\r\n".repeat(50_000) + "\r\n");

      assertThat(client.reply().status()).isEqualTo(200);
    } finally {
      patient.stop();
    }
  }

  // garden-api.md §14 weakness 13
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBodyOverTheLimitIsRefusedByName(boolean chunked) throws IOException {
    RawClient client = connect();
    String size = chunked ? "Transfer-Encoding: chunked" : "Content-Length: 17000000";
    client.send("POST /containers HTTP/1.1\r\nHost: api\r\n" + size + "\r\n\r\n");
    client.send(chunked ? "1036640\r\n".getBytes() : new byte[0]).send(new byte[17_000_000]);

    assertThat(client.reply().body()).contains("request body exceeds the limit of 16777216 bytes");
    assertThat(backend.created).isEmpty();
  }

  @Test
  void garbageNeverHarmsTheNextClient() throws IOException {
    Random random = new Random(42);
    String[] seeds = {
      "GET /ping HTTP/1.1\r\nHost: a\r\n\r\n",
      "POST /containers HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\n{\"handle\":5}",
      "PUT /containers/%2F/files?user=%zz HTTP/1.1\r\nHost: a\r\n"
          + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
      "DELETE /containers/a HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n"
    };
    for (int i = 0; i < 400; i++) {
      byte[] bytes = seeds[i % seeds.length].getBytes();
      for (int change = random.nextInt(6); change >= 0; change--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try (RawClient client = new RawClient(api.port())) {
        client.send(bytes);
      }
    }

    assertThat(connect().get("/ping").status()).isEqualTo(200);
  }
}
