package io.gardencell.server.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.server.route.RawClient.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileRoutesTest extends ServedTest {

  // garden-api.md §15 case 69
  @Test
  void streamInTakesAFixedLengthAndDecodesTheQuery() throws IOException {
    FakeBackend.FakeContainer container = backend.add("h");

    Reply reply = connect().call("PUT", "/containers/h/files?destination=C%3A%5Ca+b&user=u", "tar");

    assertThat(reply.body()).isEqualTo("{}\n");
    assertThat(container.streamedIn).containsExactly("u@C:\\a b");
    assertThat(new String(container.received)).isEqualTo("tar");
  }

  // garden-api.md §15 cases 34 and 69
  @Test
  void streamInTakesChunksAndAsksToContinue() throws IOException {
    FakeBackend.FakeContainer container = backend.add("h");
    RawClient client = connect();

    client.send(
        "PUT /containers/h/files HTTP/1.1\r\nHost: api\r\nExpect: 100-continue\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n");
    assertThat(client.head()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
    client.send("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");

    assertThat(client.reply().status()).isEqualTo(200);
    assertThat(new String(container.received)).isEqualTo("abcde");
  }

  // garden-api.md §15 case 70
  @Test
  void aBodyThatBreaksOffIsNoSuccess() throws IOException {
    FakeBackend.FakeContainer container = backend.add("h");
    try (RawClient client = connect()) {
      client.send(
          "PUT /containers/h/files HTTP/1.1\r\nHost: api\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "3\r\nabc\r\nzz\r\n");

      assertThat(client.reply().status()).isEqualTo(500);
    }
    assertThat(container.received).isEmpty();
  }

  // garden-api.md §15 case 71; weakness 12
  @Test
  void anUnknownContainerIsToldToAClientThatUploads() throws IOException {
    RawClient client = connect();
    client.send(
        "PUT /containers/no/files HTTP/1.1\r\nHost: api\r\nContent-Length: 5242880\r\n\r\n");
    client.send(new byte[5 << 20]);

    Reply reply = client.reply();

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.body()).contains("ContainerNotFoundError");
  }

  // garden-api.md §15 case 72
  @Test
  void streamOutSendsBytesAndClosesItsSource() throws IOException {
    FakeBackend.BytesSource source = new FakeBackend.BytesSource(new byte[200_000]);
    backend.add("h").source = source;
    RawClient client = connect();

    Reply reply = client.get("/containers/h/files?source=x");

    assertThat(reply.header("Content-Type")).isEqualTo("application/x-tar");
    assertThat(reply.header("Transfer-Encoding")).isEqualTo("chunked");
    assertThat(reply.body()).hasSize(200_000);
    assertThat(client.get("/ping").status()).isEqualTo(200);
    assertThat(source.closed).succeedsWithin(Duration.ofSeconds(10));
  }

  // garden-api.md §15 case 72
  @Test
  void anEmptyStreamOutIsEmpty() throws IOException {
    backend.add("h");

    assertThat(connect().get("/containers/h/files?source=x").header("Content-Length"))
        .isEqualTo("0");
  }

  // garden-api.md §15 case 73; weakness 10
  @Test
  void aSourceThatBreaksMidwayBreaksTheConnection() throws IOException {
    FakeBackend.BytesSource source = new FakeBackend.BytesSource(new byte[1 << 20]);
    source.breaks = true;
    backend.add("h").source = source;
    RawClient client = connect();
    client.send("GET /containers/h/files?source=x HTTP/1.1\r\nHost: api\r\n\r\n");

    assertThatThrownBy(client::reply).isInstanceOf(IOException.class);

    assertThat(source.closed).succeedsWithin(Duration.ofSeconds(10));
  }

  // garden-api.md §15 case 74
  @Test
  void anErrorBeforeTheFirstByteIsJson() throws IOException {
    backend.add("h");

    Reply reply = connect().get("/containers/h/files?source=missing");

    assertThat(reply.status()).isEqualTo(500);
    assertThat(reply.body()).contains("no such file: missing");
  }

  // garden-api.md §15 case 70
  @Test
  void anUploadWhoseClientGoesIsAnErrorForWhoeverExtracts() throws Exception {
    FakeBackend.FakeContainer container = backend.add("h");
    RawClient client = connect();
    client.send("PUT /containers/h/files HTTP/1.1\r\nHost: api\r\nContent-Length: 9\r\n\r\nabc");
    container.uploadBegun.get(10, TimeUnit.SECONDS);

    client.close();

    assertThatThrownBy(() -> container.uploaded.get(10, TimeUnit.SECONDS))
        .hasRootCauseMessage("connection closed in the middle of the request body");
  }

  // garden-api.md §15 case 73
  @Test
  void aDownloadWhoseClientGoesClosesItsSource() throws IOException {
    FakeBackend.BytesSource source = new FakeBackend.BytesSource(new byte[64 << 20]);
    backend.add("h").source = source;
    RawClient client = connect();
    client.send("GET /containers/h/files?source=x HTTP/1.1\r\nHost: api\r\n\r\n");
    client.head();

    client.close();

    assertThat(source.closed).succeedsWithin(Duration.ofSeconds(10));
  }

  // garden-api.md §7: a missing destination and user are empty
  @Test
  void anUploadNeedsNoQuery() throws IOException {
    FakeBackend.FakeContainer container = backend.add("h");

    assertThat(connect().call("PUT", "/containers/h/files", "tar").status()).isEqualTo(200);

    assertThat(container.streamedIn).containsExactly("@");
  }

  // garden-api.md §7: what follows the archive belongs to the body
  @Test
  void aBodyThatGoesOnBehindTheArchiveIsTakenToItsEnd() throws Exception {
    FakeBackend.FakeContainer container = backend.add("h");
    container.mostBytesRead = 3;
    RawClient client = connect();

    assertThat(client.call("PUT", "/containers/h/files", "tar" + "x".repeat(4 << 20)).status())
        .isEqualTo(200);
    assertThat(client.get("/ping").status()).isEqualTo(200);

    client.send("PUT /containers/h/files HTTP/1.1\r\nHost: api\r\nTransfer-Encoding: chunked\r\n");
    client.send("\r\n3\r\ntar\r\n");
    container.uploaded.get(10, TimeUnit.SECONDS);
    client.send("zz\r\n");
    assertThat(client.reply().status()).isEqualTo(500);
  }

  // garden-api.md §7: an unknown container is answered without the body
  @Test
  void whoAsksBeforeUploadingToNowhereIsNotToldToGoOn() throws IOException {
    RawClient client = connect();

    client.send(
        "PUT /containers/no/files HTTP/1.1\r\nHost: api\r\nExpect: 100-continue\r\n"
            + "Content-Length: 1000\r\n\r\n");

    assertThat(client.reply().status()).isEqualTo(404);
  }

  // garden-api.md §7: a source that fails before the first byte of the answer
  @Test
  void aSourceThatBreaksBeforeTheHeaderIsJson() throws IOException {
    FakeBackend.BytesSource source = new FakeBackend.BytesSource(new byte[10_000]);
    source.breaks = true;
    backend.add("h").source = source;
    RawClient client = connect();

    Reply reply = client.get("/containers/h/files?source=x");

    assertThat(reply.status()).isEqualTo(500);
    assertThat(reply.body()).contains("\"Message\":\"source broke\"");
    assertThat(client.get("/ping").status()).isEqualTo(200);
    assertThat(source.closed).succeedsWithin(Duration.ofSeconds(10));
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.0\r\n", "HTTP/1.1\r\nHost: api\r\nConnection: close\r\n"})
  void aDownloadMayEndWithItsConnection(String version) throws IOException {
    backend.add("h").source = new FakeBackend.BytesSource(new byte[600_000]);
    RawClient client = connect();
    client.send("GET /containers/h/files?source=x " + version + "\r\n");

    String head = client.head();
    byte[] body = client.rest();

    // The custom of HTTP/1.0 needs no word.
    assertThat(head.contains("Connection: close\r\n")).isEqualTo(version.startsWith("HTTP/1.1"));
    assertThat(body.length).isGreaterThanOrEqualTo(600_000);
    assertThat(head.contains("chunked")).isEqualTo(version.startsWith("HTTP/1.1"));
  }

  @Test
  void aDownloadThatNobodyTakesWaitsInTheContainer() throws Exception {
    FakeBackend.BytesSource source = new FakeBackend.BytesSource(new byte[64 << 20]);
    backend.add("h").source = source;
    RawClient client = connect();
    client.send("GET /containers/h/files?source=x HTTP/1.1\r\nHost: api\r\n\r\n").head();

    long before = -1;
    while (source.written > before) {
      before = source.written;
      assertThat(new CountDownLatch(1).await(300, TimeUnit.MILLISECONDS)).isFalse();
    }

    assertThat(before).isBetween(1L, 32L << 20);
  }

  @Test
  void anUploadThatNobodyTakesWaitsAtTheClient() throws Exception {
    FakeBackend.FakeContainer container = backend.add("h");
    container.holdUpload = new CountDownLatch(1);
    RawClient client = connect();
    client.send(
        "PUT /containers/h/files HTTP/1.1\r\nHost: api\r\nContent-Length: 67108864\r\n\r\n");

    long taken = client.sendUntilItBlocks(new byte[64 << 20]);

    assertThat(taken).isLessThan(32L << 20);
    container.holdUpload.countDown();
  }
}
