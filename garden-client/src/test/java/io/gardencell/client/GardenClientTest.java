package io.gardencell.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.ContainerSpec;
import io.gardencell.api.GardenException;
import io.gardencell.api.NetInResponse;
import io.gardencell.api.NetOutRule;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests as they go out and answers as they come in, against a scripted socket. */
class GardenClientTest {

  private static final String OK = "{}\n";
  private ScriptedServer server;
  private GardenClient client;

  @BeforeEach
  void open() throws IOException {
    server = ScriptedServer.tcp();
    client = server.client();
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private ScriptedServer.Request only() {
    assertThat(server.requests()).hasSize(1);
    return server.requests().get(0);
  }

  @Test
  void aPlainCallLooksLikeTheReferenceClients() throws IOException {
    server.answer("GET /ping", 200, OK);

    client.ping();

    assertThat(only().head())
        .isEqualTo("GET /ping HTTP/1.1\r\nHost: api\r\nConnection: close\r\n\r\n");
  }

  @Test
  void aRequestIdGoesWithEveryCall() throws IOException {
    server.answer("GET /ping", 200, OK);

    new GardenClient(ClientSettings.of(server.address()).withRequestId("abc-123")).ping();

    assertThat(only().head()).contains("\r\nX-Vcap-Request-Id: abc-123\r\n");
    assertThatThrownBy(() -> ClientSettings.of(server.address()).withRequestId("a\r\nb: c"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void createSendsTheSpecAndTakesTheHandle() throws IOException {
    server.answer("POST /containers", 200, "{\"handle\":\"chosen\"}\n");

    assertThat(client.create(ContainerSpec.ofHandle("")).handle()).isEqualTo("chosen");

    assertThat(only().text())
        .isEqualTo(
            "{\"image\":{},\"limits\":{\"bandwidth_limits\":{},\"cpu_limits\":{},"
                + "\"disk_limits\":{},\"memory_limits\":{},\"pid_limits\":{}}}\n");
    assertThat(only().head()).contains("Content-Type: application/json\r\n");
  }

  @Test
  void listsAreFilteredByProperties() throws IOException {
    server.answer("GET /containers", 200, "{\"Handles\":[]}\n");
    server.answer(
        "GET /containers?a%20%26b=%2B%C3%BC&garden.state=all", 200, "{\"Handles\":[\"x\"]}\n");
    Map<String, String> filter = new LinkedHashMap<>();
    filter.put("garden.state", "all");
    filter.put("a &b", "+ü");

    assertThat(client.handles()).isEmpty();
    assertThat(client.handles(filter)).containsExactly("x");
  }

  @Test
  void lookingUpIsListingAndKnowing() throws IOException {
    server.answer("GET /containers", 200, "{\"Handles\":[\"x\"]}\n");

    assertThat(client.lookUp("x").handle()).isEqualTo("x");
    assertThatThrownBy(() -> client.lookUp("y"))
        .isInstanceOf(GardenException.ContainerNotFound.class)
        .hasMessage("unknown handle: y");
  }

  @Test
  void everyCallHasItsMethodPathAndBody() throws IOException {
    String at = "/containers/h%2F%20%C3%BC";
    RemoteContainer container = client.container("h/ ü");
    server.answer("PUT " + at + "/stop", 200, OK);
    server.answer("DELETE " + at, 200, OK);
    server.answer("PUT " + at + "/grace_time", 200, OK);
    server.answer("PUT " + at + "/properties/k%2B", 200, OK);
    server.answer("DELETE " + at + "/properties/k%2B", 200, OK);
    server.answer("GET " + at + "/properties/k%2B", 200, "{\"value\":\"v\"}\n");
    server.answer("GET " + at + "/properties", 200, "{\"b\":\"2\",\"a\":\"1\"}\n");
    server.answer("POST " + at + "/net/in", 200, "{\"host_port\":61001,\"container_port\":80}\n");
    server.answer("POST " + at + "/net/out", 200, OK);
    server.answer("POST " + at + "/net/out/bulk", 200, OK);
    server.answer("GET " + at + "/limits/memory", 200, "{\"limit_in_bytes\":5}\n");

    container.stop(true);
    container.destroy();
    container.setGraceTime(Duration.ofMillis(1500));
    container.setProperty("k+", "v");
    container.removeProperty("k+");
    assertThat(container.property("k+")).isEqualTo("v");
    assertThat(container.properties()).isEqualTo(Map.of("a", "1", "b", "2"));
    assertThat(container.netIn(0, 80)).isEqualTo(new NetInResponse(61001, 80));
    container.netOut(new NetOutRule(1, List.of(), List.of(), null, true));
    container.bulkNetOut(List.of());
    assertThat(container.memoryLimits().limitInBytes()).isEqualTo(5);

    assertThat(server.requests())
        .extracting(ScriptedServer.Request::text)
        .containsExactly(
            "{\"kill\":true}\n",
            "",
            "1500000000\n",
            "{\"value\":\"v\"}\n",
            "",
            "",
            "",
            "{\"handle\":\"h/ ü\",\"container_port\":80}\n",
            "{\"protocol\":1,\"log\":true}\n",
            "[]\n",
            "");
  }

  @Test
  void bulkAnswersHaveAnEntryForEachHandle() throws IOException {
    server.answer(
        "GET /containers/bulk_info?handles=a%2Cb",
        200,
        "{\"a\":{\"Info\":{\"State\":\"active\"},\"Err\":null},\"b\":{\"Info\":{},\"Err\":{\"Type\":"
            + "\"ContainerNotFoundError\",\"Message\":\"m\",\"Handle\":\"b\"}}}\n");

    var entries = client.bulkInfo(List.of("a", "b"));

    assertThat(entries)
        .hasEntrySatisfying("a", a -> assertThat(a.info().state()).isEqualTo("active"))
        .hasEntrySatisfying("b", b -> assertThat(b.err()).isNotNull());
  }

  // garden-api.md §15 cases 22 and 23, the client's side
  @ParameterizedTest
  @CsvSource({
    "404, ContainerNotFoundError, ContainerNotFound, unknown handle: h",
    "404, ProcessNotFoundError, ProcessNotFound, unknown process: p",
    "500, ExecutableNotFoundError, ExecutableNotFound, <said> &\u2028",
    "500, UnrecoverableError, Unrecoverable, <said> &\u2028",
    "500, ServiceUnavailableError, ServiceUnavailable, <said> &\u2028",
    "500, '', Failure, <said> &\u2028",
    "503, SomethingNew, Failure, <said> &\u2028"
  })
  void anErrorIsOfTheTypeItCameAs(int status, String type, String expected, String message) {
    server.answer(
        "GET /ping",
        status,
        ("{\"Type\":\"%s\",\"Message\":\"\\u003csaid\\u003e \\u0026\\u2028\",\"Handle\":\"h\","
                + "\"ProcessID\":\"p\",\"Binary\":\"\"}\n")
            .formatted(type));

    assertThatThrownBy(() -> client.ping())
        .isInstanceOf(GardenException.class)
        .hasMessage(message)
        .extracting(e -> e.getClass().getSimpleName())
        .isEqualTo(expected);
  }

  @Test
  void anAnswerThatIsNoErrorObjectIsShown() {
    assertThatThrownBy(() -> client.ping())
        .isInstanceOf(GardenException.class)
        .hasMessage("bad response: 404 Not Found: 404 page not found");
  }

  @Test
  void aChunkedAnswerIsReadToItsEnd() throws IOException {
    server.on(
        "GET /containers",
        conversation ->
            conversation.send(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "5;ext=1\r\n{\"Han\r\n10\r\ndles\":[\"a\",\"b\"]\r\n2\r\n}\n\r\n0\r\nT: x\r\n\r\n"));

    assertThat(client.handles()).containsExactly("a", "b");
  }

  @ParameterizedTest
  @CsvSource({
    "'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}'",
    "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n'",
    "'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n'",
    "'HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n{}'",
    "'HTTP/1.1 200'",
    "'SSH-2.0-server\r\n'",
    "''"
  })
  void anAnswerThatBreaksOffOrIsNoneIsNoSuccess(String bytes) {
    server.on("GET /ping", conversation -> conversation.send(bytes));

    assertThatThrownBy(() -> client.ping()).isInstanceOf(IOException.class);
  }

  @Test
  void aServerThatSaysNothingIsNotWaitedForForEver() throws IOException {
    server.on("GET /ping", ScriptedServer.Conversation::awaitEnd);
    GardenClient impatient =
        new GardenClient(
            ClientSettings.of(server.address())
                .withTimes(Duration.ofSeconds(2), Duration.ofMillis(50)));

    assertThatThrownBy(impatient::ping)
        .isInstanceOf(SocketTimeoutException.class)
        .hasMessageContaining("PT0.05S");
  }

  @Test
  void aServerThatIsNotThereIsNamed() throws IOException {
    String address = server.address().toString();
    server.close();

    assertThatThrownBy(() -> client.ping())
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining(address.substring(1));
  }

  @Test
  void anInterruptEndsAWait() throws Exception {
    server.on("GET /ping", ScriptedServer.Conversation::awaitEnd);
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> client.ping()).isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aUnixSocketIsAsGood(@TempDir Path directory) throws IOException {
    Path socket = directory.resolve("garden.sock");
    try (ScriptedServer local = ScriptedServer.unix(socket)) {
      local.answer("GET /ping", 200, OK);

      GardenClient.unix(socket).ping();

      assertThat(local.requests()).hasSize(1);
    }
  }

  @Test
  void aTarGoesInByChunksAndItsEndIsTheWritersEnd() throws IOException {
    String target = "PUT /containers/h/files?destination=C%3A%5Ca%2B%20b&user=vcap";
    server.answer(target, 200, OK);
    byte[] bytes = new byte[100_000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }

    client.container("h").streamIn("C:\\a+ b", "vcap", out -> out.write(bytes));

    assertThat(only().body()).isEqualTo(bytes);
    assertThat(only().head()).contains("Content-Type: application/x-tar\r\n");
  }

  @Test
  void aWriterThatFailsLeavesTheBodyBrokenOff() {
    server.on("PUT /containers/h/files?destination=d&user=", ScriptedServer.Conversation::awaitEnd);

    assertThatThrownBy(
            () ->
                client
                    .container("h")
                    .streamIn(
                        "d",
                        "",
                        out -> {
                          out.write(new byte[40_000]);
                          throw new IOException("disk on fire");
                        }))
        .hasMessage("disk on fire");
  }

  // garden-api.md §15 case 71, the client's side
  @Test
  void anAnswerBeforeTheEndOfTheBodyIsHeard() throws IOException {
    server.answer(
        "PUT /containers/h/files?destination=d&user=",
        404,
        "{\"Type\":\"ContainerNotFoundError\",\"Handle\":\"h\"}\n");
    GardenClient early =
        new GardenClient(ClientSettings.of(server.address()).withRequestId("early"));

    assertThatThrownBy(
            () ->
                early
                    .container("h")
                    .streamIn(
                        "d",
                        "",
                        out -> {
                          for (int i = 0; i < 100_000; i++) {
                            out.write(new byte[10_000]);
                          }
                        }))
        .isInstanceOf(GardenException.ContainerNotFound.class);
  }

  @Test
  void aTarComesOutAsItIsSent() throws IOException {
    server.on(
        "GET /containers/h/files?source=C%3A%2Fx%2F&user=",
        conversation ->
            conversation.send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));

    try (var tar = client.container("h").streamOut("C:/x/", "")) {
      assertThat(new String(tar.readAllBytes(), StandardCharsets.US_ASCII)).isEqualTo("abc");
    }
  }

  // garden-api.md §15 case 73, the client's side
  @Test
  void aTarThatBreaksOffFailsWhenItIsRead() throws IOException {
    server.on(
        "GET /containers/h/files?source=s&user=",
        conversation ->
            conversation.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"));

    try (var tar = client.container("h").streamOut("s", "")) {
      assertThat(tar.readNBytes(3)).hasSize(3);
      assertThatThrownBy(tar::read).isInstanceOf(IOException.class);
    }
  }
}
