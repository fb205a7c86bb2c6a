package io.gardencell.server.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.server.route.RawClient.Reply;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which request is whose: paths, methods and escapes. */
class RoutingTest extends ServedTest {

  // garden-api.md §15 cases 3 and 24
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/ping/",
        "//ping",
        "/",
        "/nope",
        "/PING",
        "/%70ing",
        "/containers/",
        "/containers/h/processes/",
        "/containers/h/limits/pid",
        "/containers/h/properties/",
        "/containers/a/properties/a/b",
        "/containers/h/properties/%zz",
        "/containers/h/properties/%e"
      })
  void unknownPathsAreNotFoundInPlainText(String path) throws IOException {
    Reply reply = connect().get(path);

    assertThat(reply.undated())
        .isEqualTo(
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\n"
                + "X-Content-Type-Options: nosniff\r\nContent-Length: 19\r\n\r\n"
                + "404 page not found\n");
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
    "PUT, /containers/h/limits/cpu, GET",
    "PATCH, /containers/h/files, 'GET, PUT'",
    "POST, /containers/bulk_info, 'DELETE, GET'",
    "get, /ping, GET"
  })
  void otherMethodsAreNotAllowed(String method, String path, String allowed) throws IOException {
    Reply reply = connect().call(method, path, "");

    assertThat(reply.undated())
        .isEqualTo(
            "HTTP/1.1 405 Method Not Allowed\r\nAllow: "
                + allowed
                + "\r\nContent-Type: text/plain; charset=utf-8\r\n"
                + "X-Content-Type-Options: nosniff\r\nContent-Length: 19\r\n\r\n"
                + "Method Not Allowed\n");
  }

  // garden-api.md §15 case 4
  @Test
  void headIsNotAllowedAndHasNoBody() throws IOException {
    RawClient client = connect();

    client.send("HEAD /ping HTTP/1.1\r\nHost: api\r\n\r\n");
    assertThat(client.head()).startsWith("HTTP/1.1 405 ").contains("Allow: GET\r\n");
    client.send("HEAD /nope HTTP/1.1\r\nHost: api\r\n\r\n");
    assertThat(client.head()).startsWith("HTTP/1.1 404 ");

    assertThat(client.get("/ping").status()).isEqualTo(200);
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

  // garden-api.md §2.2: the Go client escapes what is not ASCII; curl sends it as it is
  @ParameterizedTest
  @ValueSource(strings = {"/containers/h/properties/", "/containers?"})
  void whatIsNotAsciiMayBeEscapedOrNot(String prefix) throws IOException {
    backend.add("h").properties.put("\u00fc\u20ac\ud83d\ude00", "v");
    RawClient client = connect();

    for (String key :
        List.of(
            "\u00fc\u20ac\ud83d\ude00",
            "%C3%BC%e2%82%ac%F0%9F%98%80",
            "\u00fc%E2%82%AC\ud83d\ude00")) {
      assertThat(client.get(prefix + key).status()).isEqualTo(200);
    }

    assertThat(
            prefix.contains("?") ? backend.lastFilter.keySet() : Set.of("\u00fc\u20ac\ud83d\ude00"))
        .containsExactly("\u00fc\u20ac\ud83d\ude00");
  }

  // garden-api.md §8: the reference's path values can be overridden by parameters of their names
  @Test
  void noParameterTakesThePlaceOfAPathSegment() throws IOException {
    backend.add("h").properties.put("k", "v");

    assertThat(connect().get("/containers/h/properties/k?:handle=x&:key=y&handle=x&key=y").body())
        .isEqualTo("{\"value\":\"v\"}\n");
  }

  // garden-api.md §2.1 rule 1
  @Test
  void theFirstRouteOfTheMethodThatFitsWins() throws IOException {
    backend.add("bulk_info");
    RawClient client = connect();

    assertThat(client.get("/containers/bulk_info").body()).isEqualTo("{}\n");
    assertThat(client.get("/containers/bulk_info/info").body()).startsWith("{\"State\":");
    assertThat(client.call("DELETE", "/containers/bulk_info", "").status()).isEqualTo(200);
  }

  // garden-api.md §2.1 rule 2
  @Test
  void anEmptyHandleInTheMiddleIsAHandleNobodyKnows() throws IOException {
    assertThat(connect().get("/containers//info").body())
        .contains("ContainerNotFoundError")
        .contains("\"Handle\":\"\"");
  }

  @Test
  void aTargetThatNamesTheServerIsGood() throws IOException {
    RawClient client = connect();

    client.send("GET http://api/ping?x=1 HTTP/1.1\r\nHost: api\r\n\r\n");

    assertThat(client.reply().status()).isEqualTo(200);
  }
}
