package io.gardencell.server.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.server.route.RawClient.Reply;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlainHttpTest extends ServedTest {

  // garden-api.md §15 cases 1 and 2
  @Test
  void pingAnswersAnEmptyObjectAndKeepsTheConnection() throws IOException {
    RawClient client = connect();

    Reply first = client.get("/ping");
    Reply second = client.get("/ping");

    assertThat(first.head())
        .startsWith("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: ");
    assertThat(first.header("Content-Length")).isEqualTo("3");
    assertThat(first.body()).isEqualTo("{}\n");
    assertThat(second.body()).isEqualTo("{}\n");
  }

  // garden-api.md §15 case 2
  @Test
  void connectionCloseIsAnsweredAndDone() throws IOException {
    RawClient client = connect();

    client.send("GET /ping HTTP/1.1\r\nHost: api\r\nConnection: close\r\n\r\n");

    Reply reply = client.reply();
    assertThat(reply.header("Connection")).isEqualTo("close");
    assertThat(client.rest()).isEmpty();
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws IOException {
    RawClient client = connect();

    client.send("GET /nope HTTP/1.1\r\nHost: api\r\n\r\nGET /ping HTTP/1.1\r\nHost: api\r\n\r\n");

    assertThat(client.reply().status()).isEqualTo(404);
    assertThat(client.reply().status()).isEqualTo(200);
  }

  @Test
  void aBadRequestBehindAnotherIsRefusedAndTheFirstAnswered() throws IOException {
    RawClient client = connect();
    client.get("/ping");

    client.send(
        "GET /ping HTTP/1.1\r\nHost: a\r\n\r\nPOST /containers HTTP/1.1\r\nHost:\0a\r\n"
            + "Content-Length: 12\r\n\r\n{\"handle\":5}");

    assertThat(client.reply().status()).isEqualTo(200);
    assertThat(client.reply().status()).isEqualTo(400);
    assertThat(client.rest()).isEmpty();
  }

  @Test
  void http10IsAnsweredInKind() throws IOException {
    RawClient client = connect();

    client.send("GET /ping HTTP/1.0\r\n\r\n");

    assertThat(new Reply(client.head(), new String(client.rest())).undated())
        .isEqualTo(
            "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\n{}\n");
  }

  // garden-api.md §14 weakness 16
  @Test
  void aBrokenHandlerIsAnInternalErrorAndTheConnectionLives() throws IOException {
    backend.onPing =
        () -> {
          throw new IllegalStateException("oops");
        };
    RawClient client = connect();

    Reply reply = client.get("/ping");

    assertThat(reply.status()).isEqualTo(500);
    assertThat(reply.body()).contains("internal error: ").contains("oops");
    assertThat(client.get("/capacity").status()).isEqualTo(200);
  }

  @Test
  void aRequestLineOf16KilobytesIsFine() throws IOException {
    assertThat(connect().get("/containers?a=" + "x".repeat(16384)).status()).isEqualTo(200);
    assertThat(backend.lastFilter.get("a")).hasSize(16384);
  }

  @ParameterizedTest
  @CsvSource({
    "'GET /ping HTTP/1.1\r\n\r\n', 400",
    "'GET /ping HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400",
    "'GET /ping HTTP/3.0\r\nHost: a\r\n\r\n', 505",
    "'GET /ping HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n\r\n', 417",
    "'GET /ping\r\n\r\n', 400",
    "'GET /containers/a b HTTP/1.1\r\nHost: a\r\n\r\n', 400",
    "'GET /ping HTTP/1.1\r\nHost : a\r\n\r\n', 400",
    "'POST /containers HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n', 400"
  })
  void impossibleHeadsAreRefusedAndTheConnectionEnds(String head, int status) throws IOException {
    RawClient client = connect();

    client.send(head.replace("\\r\\n", "\r\n"));

    assertThat(client.reply().status()).isEqualTo(status);
    assertThat(client.rest()).isEmpty();
  }

  // garden-api.md §1 and §15 case 35
  @ParameterizedTest
  @CsvSource({
    "2048, Content-Length: 2048",
    "2049, Transfer-Encoding: chunked",
    "1000000, Transfer-Encoding: chunked"
  })
  void anAnswerIsWholeAndBeyond2048BytesInChunks(int size, String framing) throws IOException {
    String value = "v".repeat(size - "{'k':''}\n".length());
    backend.add("h").properties.put("k", value);
    RawClient client = connect();

    Reply reply = client.get("/containers/h/properties");

    assertThat(reply.undated())
        .isEqualTo(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                + framing
                + "\r\n\r\n{\"k\":\""
                + value
                + "\"}\n");
    assertThat(client.get("/ping").body()).isEqualTo("{}\n");
  }

  // garden-api.md §1: HTTP/1.0 knows no chunks
  @Test
  void aLargeAnswerInHttp10HasItsLength() throws IOException {
    backend.add("h").properties.put("k", "v".repeat(5000));
    RawClient client = connect();

    client.send("GET /containers/h/properties HTTP/1.0\r\n\r\n");

    assertThat(new String(client.rest())).contains("Content-Length: 5009\r\n").endsWith("v\"}\n");
  }

  // garden-api.md §1
  @Test
  void nothingIsCompressedAndLargeAnswersToThoseWhoCloseSayBoth() throws IOException {
    backend.add("h").properties.put("k", "v".repeat(5000));
    RawClient client = connect();

    client.send(
        "GET /containers/h/properties HTTP/1.1\r\nHost: api\r\nAccept-Encoding: gzip\r\n"
            + "Connection: close\r\n\r\n");

    Reply reply = client.reply();
    assertThat(reply.undated())
        .startsWith(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n{\"k\":\"vvv");
    assertThat(client.rest()).isEmpty();
  }

  @Test
  void http10KeepsTheConnectionForThoseWhoAsk() throws IOException {
    RawClient client = connect();

    for (int i = 0; i < 2; i++) {
      client.send("GET /ping HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
      assertThat(new String(client.read(17))).isEqualTo("HTTP/1.0 200 OK\r\n");
      assertThat(client.head()).contains("Connection: keep-alive\r\n");
      assertThat(new String(client.read(3))).isEqualTo("{}\n");
    }
  }

  // garden-api.md §1: 100 is sent when a body is about to be read
  @ParameterizedTest
  @CsvSource({
    "/containers, 2, 100",
    "/containers, 0, 500",
    "/nope, 2, 404",
    "/containers/no/files, 2, 404"
  })
  void whoWaitsForAWordGetsOneOnlyIfABodyIsToCome(String path, int length, int status)
      throws IOException {
    RawClient client = connect();
    String method = path.endsWith("files") ? "PUT" : "POST";

    client.send(
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: api\r\nExpect: 100-continue\r\nContent-Length: "
            + length
            + "\r\n\r\n");

    assertThat(client.head()).startsWith("HTTP/1.1 " + status + " ");
  }

  @Test
  void anAnswerReachesAClientThatClosedItsSide() throws IOException {
    RawClient client = connect();

    client.send("GET /capacity HTTP/1.1\r\nHost: api\r\n\r\n").closeOutput();

    assertThat(client.reply().status()).isEqualTo(200);
  }
}
