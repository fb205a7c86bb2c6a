package io.gardencell.runtime.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.gardencell.api.GardenException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** winc-runtime.md §18 cases 37 and 38, against a small CredHub on a loopback port. */
class CredHubTest {

  private static final String GMSA = "WINDOWS_GMSA_CREDENTIAL_REF=/c/web";
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @SuppressWarnings("NullAway.Init")
  private HttpsServer server;

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<String> tokens = new ArrayList<>(List.of("first", "second"));
  private String authServer = "";
  private String validToken = "first";
  private int status = 200;
  private String data =
      "{\"data\":[{\"id\":\"1\",\"value\":{\"b\":[1,2],\"a\":{\"z\":1,\"y\":\"x\"}}}]}";

  @BeforeEach
  void serve() throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream file = resource("credhub.p12")) {
      keys.load(file, PASSWORD);
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    authServer = endpoint();
    server.createContext(
        "/info", e -> answer(e, 200, "{\"auth-server\":{\"url\":\"" + authServer + "\"}}"));
    server.createContext("/oauth/token", this::token);
    server.createContext("/api/v1/data", this::data);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void theValueIsCompactJsonWithSortedKeys() throws IOException {
    assertThat(specs(ca()).find(List.of("A=b", GMSA)))
        .isEqualTo("{\"a\":{\"y\":\"x\",\"z\":1},\"b\":[1,2]}");

    assertThat(requests)
        .containsExactly(
            "GET /info",
            "POST /oauth/token",
            "GET /api/v1/data?current=true&name=%2Fc%2Fweb Bearer first");
  }

  @Test
  void anUnknownNameIsToldInCredHubsWords() {
    status = 404;
    data =
        "{\"error\":\"The request could not be completed because the credential does not exist.\"}";

    assertThatThrownBy(() -> specs(ca()).find(List.of(GMSA)))
        .hasMessage("The request could not be completed because the credential does not exist.");
  }

  @Test
  void anotherRefusalIsToldWithItsDescription() {
    status = 403;
    data = "{\"error\":\"forbidden\",\"error_description\":\"not for you\"}";

    assertThatThrownBy(() -> specs(ca()).find(List.of(GMSA))).hasMessage("forbidden: not for you");
  }

  @Test
  void anExpiredTokenIsReplacedOnce() throws IOException {
    validToken = "second";

    assertThat(specs(ca()).find(List.of(GMSA))).startsWith("{");

    assertThat(requests).filteredOn(r -> r.startsWith("POST")).hasSize(2);
  }

  @Test
  void noCredentialsAndNoAuthServerAreFailures() {
    data = "{\"data\":[]}";
    assertThatThrownBy(() -> specs(ca()).find(List.of(GMSA)))
        .hasMessage("response did not contain any credentials");
    authServer = "";
    assertThatThrownBy(() -> specs(ca()).find(List.of(GMSA))).hasMessage("AuthURL not found");
  }

  @Test
  void aRefusedTokenNamesTheCauseButNotTheSecret() {
    tokens.clear();

    assertThatThrownBy(() -> specs(ca()).find(List.of(GMSA)))
        .hasMessageStartingWith("Error getting token. Your token may have expired")
        .hasMessageContaining("[unauthorized: bad client]")
        .message()
        .doesNotContain("s3cret");
  }

  @Test
  void onlyTheGivenAuthorityIsTrusted() {
    assertThatThrownBy(() -> specs("").find(List.of(GMSA)))
        .hasMessage("provided ca certs are invalid");
    assertThatThrownBy(() -> specs("not a certificate").find(List.of(GMSA)))
        .hasMessage("provided ca certs are invalid");
    assertThat(requests).isEmpty();
  }

  // winc-runtime.md §12: the proxy is the environment's
  @Test
  void theProxyOfTheEnvironmentIsUsed() throws Exception {
    try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "http://user:pw@127.0.0.1:" + proxy.getLocalPort();
      CredHubConfig config = new CredHubConfig("id", "s", "https://credhub.example:8844", ca());
      CompletableFuture<List<String>> asked = CompletableFuture.supplyAsync(() -> refuse(proxy));

      assertThatThrownBy(
              () -> new CredHub(config, Map.of("HTTPS_PROXY", address)).credential("/c/web"))
          .isInstanceOf(GardenException.class);

      assertThat(asked.get(10, TimeUnit.SECONDS))
          .startsWith("CONNECT credhub.example:8844 HTTP/1.1")
          .contains("Proxy-Authorization: Basic dXNlcjpwdw==");
    }
  }

  /** Reads the head of one request and answers that it will not. */
  private static List<String> refuse(ServerSocket proxy) {
    List<String> head = new ArrayList<>();
    try (Socket client = proxy.accept()) {
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
      for (String line = reader.readLine();
          line != null && !line.isEmpty();
          line = reader.readLine()) {
        head.add(line);
      }
      client
          .getOutputStream()
          .write(
              "HTTP/1.1 403 no\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return head;
  }

  @Test
  void withoutAReferenceTheFileCounts() throws IOException {
    Path file = Files.writeString(directory.resolve("cred.json"), "{ \"CmsPlugins\": [] }\n");
    CredHubConfig hub = new CredHubConfig("id", "s3cret", endpoint(), "");

    // winc-runtime.md §17.24
    assertThat(new CredentialSpecs(file, hub).find(List.of("A=b")))
        .isEqualTo("{ \"CmsPlugins\": [] }\n");
    // winc-runtime.md §18 case 37
    assertThat(new CredentialSpecs(null, null).find(List.of(GMSA))).isEmpty();
    assertThat(requests).isEmpty();
  }

  private void token(HttpExchange exchange) throws IOException {
    String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(form.split("&"))
        .containsExactlyInAnyOrder(
            "grant_type=client_credentials",
            "response_type=token",
            "client_id=id",
            "client_secret=s3cret");
    if (tokens.isEmpty()) {
      answer(exchange, 401, "{\"error\":\"unauthorized\",\"error_description\":\"bad client\"}");
    } else {
      answer(exchange, 200, "{\"access_token\":\"" + tokens.remove(0) + "\"}");
    }
  }

  private void data(HttpExchange exchange) throws IOException {
    if (!("Bearer " + validToken).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      answer(exchange, 401, "{\"error\":\"access_token_expired\"}");
    } else {
      answer(exchange, status, data);
    }
  }

  private void answer(HttpExchange exchange, int code, String body) throws IOException {
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    requests.add(
        exchange.getRequestMethod()
            + " "
            + exchange.getRequestURI()
            + (authorization == null ? "" : " " + authorization));
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(code, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private String endpoint() {
    return "https://localhost:" + server.getAddress().getPort();
  }

  private CredentialSpecs specs(String authority) {
    return new CredentialSpecs(null, new CredHubConfig("id", "s3cret", endpoint(), authority));
  }

  private static String ca() throws IOException {
    try (InputStream file = resource("credhub-ca.pem")) {
      return new String(file.readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(CredHubTest.class.getResourceAsStream(name), name);
  }
}
