package io.gardencell.server.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.server.route.RawClient.Reply;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    assertThat(new String(client.rest()))
        .startsWith("HTTP/1.0 200 OK\r\n")
        .endsWith("\r\n\r\n{}\n");
  }

  // garden-api.md §15 cases 3 and 24
  @ParameterizedTest
  @ValueSource(
      strings = {"/ping/", "/nope", "/containers/a/properties/a/b", "/containers/h/properties/%zz"})
  void unknownPathsAreNotFoundInPlainText(String path) throws IOException {
    Reply reply = connect().get(path);

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
    assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(reply.body()).isEqualTo("404 page not found\n");
  }

  // garden-api.md §15 case 5
  @Test
  void destroyWithoutHandleIsNotFound() throws IOException {
    assertThat(connect().call("DELETE", "/containers/", "").body())
        .isEqualTo("404 page not found\n");
  }

  // garden-api.md §15 case 4
  @ParameterizedTest
  @CsvSource({
    "PUT, /containers, 'GET, POST'",
    "GET, /containers/h, DELETE",
    "PUT, /containers/h/limits/cpu, GET"
  })
  void otherMethodsAreNotAllowed(String method, String path, String allowed) throws IOException {
    Reply reply = connect().call(method, path, "");

    assertThat(reply.status()).isEqualTo(405);
    assertThat(reply.header("Allow")).isEqualTo(allowed);
    assertThat(reply.body()).isEqualTo("Method Not Allowed\n");
  }

  // garden-api.md §15 case 4
  @Test
  void headIsNotAllowedAndHasNoBody() throws IOException {
    RawClient client = connect();
    client.send("HEAD /ping HTTP/1.1\r\nHost: api\r\nConnection: close\r\n\r\n");

    String all = new String(client.rest());

    assertThat(all).startsWith("HTTP/1.1 405 ").contains("Allow: GET\r\n").endsWith("\r\n\r\n");
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

  // garden-api.md §15 case 24; weakness 9
  @Test
  void pathSegmentsAreDecodedByPathRules() throws IOException {
    backend.add("h").properties.putAll(Map.of("a/b c", "1", "a+b", "2"));
    RawClient client = connect();

    assertThat(client.get("/containers/h/properties/a%2Fb%20c").body())
        .isEqualTo("{\"value\":\"1\"}\n");
    assertThat(client.get("/containers/h/properties/a+b").body()).isEqualTo("{\"value\":\"2\"}\n");
  }

  @Test
  void aRequestLineOf16KilobytesIsFine() throws IOException {
    assertThat(connect().get("/containers?a=" + "x".repeat(16384)).status()).isEqualTo(200);
    assertThat(backend.lastFilter.get("a")).hasSize(16384);
  }

  @Test
  void aTargetThatNamesTheServerIsGood() throws IOException {
    RawClient client = connect();

    client.send("GET http://api/ping?x=1 HTTP/1.1\r\nHost: api\r\n\r\n");

    assertThat(client.reply().status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "'GET /ping HTTP/1.1\r\n\r\n', 400",
    "'GET /ping HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400",
    "'GET /ping HTTP/3.0\r\nHost: a\r\n\r\n', 505",
    "'GET /ping HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n\r\n', 417",
    "'GET /ping\r\n\r\n', 400",
    "'POST /containers HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n', 400"
  })
  void impossibleHeadsAreRefusedAndTheConnectionEnds(String head, int status) throws IOException {
    RawClient client = connect();

    client.send(head.replace("\\r\\n", "\r\n"));

    assertThat(client.reply().status()).isEqualTo(status);
    assertThat(client.rest()).isEmpty();
  }

  // garden-api.md §15 case 35
  @Test
  void aLargeAnswerIsWhole() throws IOException {
    FakeBackend.FakeContainer container = backend.add("h");
    container.properties.put("k", "v".repeat(100_000));

    Reply reply = connect().get("/containers/h/properties");

    assertThat(reply.body()).isEqualTo("{\"k\":\"" + "v".repeat(100_000) + "\"}\n");
  }

  // garden-api.md §2.1 rule 2
  @Test
  void anEmptyHandleInTheMiddleIsAHandleNobodyKnows() throws IOException {
    assertThat(connect().get("/containers//info").body())
        .contains("ContainerNotFoundError")
        .contains("\"Handle\":\"\"");
  }

  @Test
  void anAnswerReachesAClientThatClosedItsSide() throws IOException {
    RawClient client = connect();

    client.send("GET /capacity HTTP/1.1\r\nHost: api\r\n\r\n").closeOutput();

    assertThat(client.reply().status()).isEqualTo(200);
  }
}
