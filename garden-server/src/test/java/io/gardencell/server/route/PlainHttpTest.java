package io.gardencell.server.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.api.Capacity;
import io.gardencell.api.GardenException;
import io.gardencell.server.route.RawClient.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlainHttpTest extends ServedTest {

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
  void http10IsAnsweredInKind() throws IOException {
    RawClient client = connect();

    client.send("GET /ping HTTP/1.0\r\n\r\n");

    assertThat(new String(client.rest()))
        .startsWith("HTTP/1.0 200 OK\r\n")
        .endsWith("\r\n\r\n{}\n");
  }

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

  @Test
  void destroyWithoutHandleIsNotFound() throws IOException {
    assertThat(connect().call("DELETE", "/containers/", "").body())
        .isEqualTo("404 page not found\n");
  }

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

  @Test
  void headIsNotAllowedAndHasNoBody() throws IOException {
    RawClient client = connect();
    client.send("HEAD /ping HTTP/1.1\r\nHost: api\r\nConnection: close\r\n\r\n");

    String all = new String(client.rest());

    assertThat(all).startsWith("HTTP/1.1 405 ").contains("Allow: GET\r\n").endsWith("\r\n\r\n");
  }

  @Test
  void createNeedsNoContentType() throws IOException {
    Reply reply = connect().call("POST", "/containers", "{}");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).matches("\\{\"Handle\":\"[0-9a-f-]{36}\"}\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "{} trailing garbage"})
  void bodiesLikeAnEmptyObjectCreate(String body) throws IOException {
    assertThat(connect().call("POST", "/containers", body).status()).isEqualTo(200);
  }

  @Test
  void anEmptyBodyIsEof() throws IOException {
    assertThat(connect().call("POST", "/containers", "").body())
        .isEqualTo(
            "{\"Type\":\"\",\"Message\":\"EOF\",\"Handle\":\"\",\"ProcessID\":\"\",\"Binary\":\"\"}\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"handle\":\"a\"",
        "[]",
        "nope",
        "{\"handle\":5}",
        "{\"properties\":{\"a\":1}}",
        "{\"bind_mounts\":[{\"mode\":\"RW\"}]}",
        "{\"privileged\":\"true\"}",
        "{\"grace_time\":1e9}",
        "{\"grace_time\":-5}",
        "{\"limits\":{\"memory_limits\":{\"limit_in_bytes\":-5}}}",
        "{\"limits\":{\"memory_limits\":{\"limit_in_bytes\":1.5}}}",
        "{\"limits\":{\"memory_limits\":{\"limit_in_bytes\":18446744073709551616}}}"
      })
  void badBodiesAreErrorsAndNeverReachTheBackend(String body) throws IOException {
    Reply reply = connect().call("POST", "/containers", body);

    assertThat(reply.status()).isEqualTo(500);
    assertThat(reply.body()).startsWith("{\"Type\":\"\",\"Message\":\"");
    assertThat(backend.created).isEmpty();
  }

  @Test
  void keysMatchInAnyLetterCaseAndGraceTimeIsNanoseconds() throws IOException {
    connect().call("POST", "/containers", "{\"HANDLE\":\"X\",\"Grace_Time\":5,\"unknown\":1}");

    assertThat(backend.created).hasSize(1);
    assertThat(backend.created.get(0).handle()).isEqualTo("X");
    assertThat(backend.created.get(0).graceTime()).isEqualTo(Duration.ofNanos(5));
  }

  @Test
  void unsigned64BitValuesArriveWhole() throws IOException {
    connect()
        .call(
            "POST",
            "/containers",
            "{\"limits\":{\"memory_limits\":{\"limit_in_bytes\":18446744073709551615}}}");

    assertThat(Long.toUnsignedString(backend.created.get(0).limits().memory().limitInBytes()))
        .isEqualTo("18446744073709551615");
  }

  @Test
  void listTakesTheFirstValueOfEachFilter() throws IOException {
    Reply reply = connect().get("/containers?a=1&a=2&b=");

    assertThat(reply.body()).isEqualTo("{\"Handles\":[]}\n");
    assertThat(backend.lastFilter).isEqualTo(Map.of("a", "1", "b", ""));
  }

  @Test
  void destroyOfAnUnknownHandleIsTheExactError() throws IOException {
    Reply reply = connect().call("DELETE", "/containers/h1", "");

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.body())
        .isEqualTo(
            "{\"Type\":\"ContainerNotFoundError\",\"Message\":\"unknown handle: h1\",\"Handle\":\"h1\","
                + "\"ProcessID\":\"\",\"Binary\":\"\"}\n");
  }

  @Test
  void aSecondDestroyMeanwhileIsRefusedAndTheBackendIsCalledOnce() throws Exception {
    backend.add("h");
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    backend.beforeDestroy =
        () -> {
          begun.countDown();
          await(go);
        };
    RawClient first = connect();
    first.send("DELETE /containers/h HTTP/1.1\r\nHost: api\r\n\r\n");
    await(begun);

    Reply second = connect().call("DELETE", "/containers/h", "");
    go.countDown();

    assertThat(second.status()).isEqualTo(500);
    assertThat(second.body()).contains("\"Message\":\"container already being destroyed\"");
    assertThat(first.reply().status()).isEqualTo(200);
    assertThat(backend.destroyCalls).hasValue(1);
  }

  @Test
  void aFailedDestroyCanBeRepeated() throws IOException {
    backend.add("h");
    backend.beforeDestroy =
        () -> {
          throw GardenException.failure("a <b> & \"c\" \u2028");
        };
    Reply failed = connect().call("DELETE", "/containers/h", "");
    backend.beforeDestroy = () -> {};

    Reply again = connect().call("DELETE", "/containers/h", "");

    assertThat(failed.body())
        .contains("\"Message\":\"a \\u003cb\\u003e \\u0026 \\\"c\\\" \\u2028\"");
    assertThat(again.status()).isEqualTo(200);
  }

  @Test
  void typedErrorsKeepTheirType() throws IOException {
    backend.onPing =
        () -> {
          throw new GardenException.Unrecoverable("disk is gone");
        };

    assertThat(connect().get("/ping").body())
        .startsWith("{\"Type\":\"UnrecoverableError\",\"Message\":\"disk is gone\"");
  }

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
  void pathSegmentsAreDecodedByPathRules() throws IOException {
    backend.add("h").properties.putAll(Map.of("a/b c", "1", "a+b", "2"));
    RawClient client = connect();

    assertThat(client.get("/containers/h/properties/a%2Fb%20c").body())
        .isEqualTo("{\"value\":\"1\"}\n");
    assertThat(client.get("/containers/h/properties/a+b").body()).isEqualTo("{\"value\":\"2\"}\n");
  }

  @Test
  void formContentTypeDoesNotEatTheBody() throws IOException {
    FakeBackend.FakeContainer container = backend.add("h");
    RawClient client = connect();

    client.send(
        "PUT /containers/h/properties/k HTTP/1.1\r\nHost: api\r\n"
            + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 13\r\n\r\n"
            + "{\"value\":\"v\"}");

    assertThat(client.reply().status()).isEqualTo(200);
    assertThat(container.properties).containsEntry("k", "v");
  }

  @Test
  void graceTimeIsABareInteger() throws IOException {
    FakeBackend.FakeContainer container = backend.add("h");
    RawClient client = connect();

    assertThat(client.call("PUT", "/containers/h/grace_time", "500000000\n").body())
        .isEqualTo("{}\n");
    assertThat(container.graceTime).isEqualTo(Duration.ofMillis(500));
    assertThat(client.call("PUT", "/containers/h/grace_time", "\"5s\"").status()).isEqualTo(500);
    assertThat(client.call("PUT", "/containers/h/grace_time", "-1").status()).isEqualTo(500);
    assertThat(client.call("PUT", "/containers/no/grace_time", "1").status()).isEqualTo(404);
  }

  @Test
  void netInUsesThePathsHandleAndOmitsZeroPorts() throws IOException {
    backend.add("h");

    Reply reply =
        connect()
            .call("POST", "/containers/h/net/in", "{\"handle\":\"other\",\"container_port\":80}");

    assertThat(reply.body()).isEqualTo("{\"container_port\":80}\n");
  }

  @Test
  void bulkNetOutTakesNull() throws IOException {
    backend.add("h");

    assertThat(connect().call("POST", "/containers/h/net/out/bulk", "null").status())
        .isEqualTo(200);
    assertThat(backend.containers.values().iterator().next().rules).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/containers/bulk_info",
        "/containers/bulk_info?handles=",
        "/containers/bulk_metrics"
      })
  void bulkWithoutHandlesIsEmpty(String path) throws IOException {
    assertThat(connect().get(path).body()).isEqualTo("{}\n");
  }

  @Test
  void bulkInfoReportsAFailureInItsEntry() throws IOException {
    backend.add("a");

    String body = connect().get("/containers/bulk_info?handles=a,b").body();

    assertThat(body).contains("\"a\":{\"Info\":{\"State\":\"active\"").contains("\"Err\":null");
    assertThat(body)
        .contains("\"b\":{\"Info\":{\"State\":\"\",\"Events\":null,\"HostIP\":\"\"")
        .contains("\"Message\":\"unknown handle: b\"");
  }

  @Test
  void capacityOmitsZerosAndPrintsUnsigned() throws IOException {
    backend.capacity = () -> new Capacity(0, 0, 0, -1);

    assertThat(connect().get("/capacity").body())
        .isEqualTo("{\"max_containers\":18446744073709551615}\n");
  }

  @Test
  void aMissingPropertyIsAnErrorAndItsRemovalIsNot() throws IOException {
    backend.add("h");
    RawClient client = connect();

    assertThat(client.get("/containers/h/properties/k").body())
        .contains("property does not exist: k");
    assertThat(client.call("DELETE", "/containers/h/properties/k", "").status()).isEqualTo(200);
  }

  @Test
  void aRequestLineOf16KilobytesIsFine() throws IOException {
    assertThat(connect().get("/containers?a=" + "x".repeat(16384)).status()).isEqualTo(200);
    assertThat(backend.lastFilter.get("a")).hasSize(16384);
  }

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

  @Test
  void stopIsPromptWithSilentConnectionsAndASecondOneIsRefused() throws Exception {
    for (int i = 0; i < 1000; i++) {
      connect();
    }
    long begin = System.nanoTime();

    stop();

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    org.assertj.core.api.Assertions.assertThatThrownBy(api::stop)
        .hasMessage("server is not running");
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
