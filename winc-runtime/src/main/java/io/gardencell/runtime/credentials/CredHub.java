package io.gardencell.runtime.credentials;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.gardencell.api.GardenException;
import io.gardencell.api.http.EnvironmentProxy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/**
 * Looks up credential specs by name (Source: winc: runtime/credentials, credhub-cli). Any thread.
 */
public final class CredHub {

  private static final Duration CONNECT = Duration.ofSeconds(30);
  private static final Duration REQUEST = Duration.ofSeconds(45);
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  static {
    EnvironmentProxy.allowPasswords();
  }

  private final CredHubConfig config;
  private final Map<String, String> environment;

  /**
   * Makes a client.
   *
   * @param environment tells the proxy
   */
  CredHub(CredHubConfig config, Map<String, String> environment) {
    this.config = config;
    this.environment = Map.copyOf(environment);
  }

  /** The newest value of a credential as compact JSON with sorted keys. */
  String credential(String name) {
    Client http = client();
    String path = config.endpoint() + "/api/v1/data?current=true&name=" + encode(name);
    HttpResponse<String> answer = get(http, path, token(http));
    if (answer.statusCode() / 100 == 4 && "access_token_expired".equals(error(answer))) {
      answer = get(http, path, token(http));
    }
    if (answer.statusCode() / 100 != 2) {
      throw GardenException.failure(problem(answer));
    }
    JsonNode data = json(answer).path("data");
    if (!data.isArray() || data.isEmpty()) {
      throw GardenException.failure("response did not contain any credentials");
    }
    try {
      Object value = MAPPER.treeToValue(data.get(0).path("value"), Object.class);
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw GardenException.failure("credhub: " + e.getOriginalMessage(), e);
    }
  }

  private String token(Client http) {
    JsonNode info = json(send(http, HttpRequest.newBuilder(uri(config.endpoint() + "/info"))));
    String server = info.path("auth-server").path("url").asText();
    if (server.isEmpty()) {
      throw GardenException.failure("AuthURL not found");
    }
    return token(http, server);
  }

  private String token(Client http, String server) {
    Map<String, String> form =
        Map.of(
            "grant_type",
            "client_credentials",
            "response_type",
            "token",
            "client_id",
            config.clientId(),
            "client_secret",
            config.clientSecret());
    String body =
        form.entrySet().stream()
            .map(e -> e.getKey() + "=" + encode(e.getValue()))
            .collect(Collectors.joining("&"));
    HttpResponse<String> answer =
        send(
            http,
            HttpRequest.newBuilder(uri(server + "/oauth/token"))
                .header("Accept", "application/json")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    String token = answer.statusCode() / 100 == 2 ? json(answer).path("access_token").asText() : "";
    if (token.isEmpty()) {
      throw GardenException.failure(
          "Error getting token. Your token may have expired and could not be refreshed. "
              + "Please try logging in again. [%s]".formatted(problem(answer)));
    }
    return token;
  }

  private static HttpResponse<String> get(Client http, String address, String token) {
    return send(
        http,
        HttpRequest.newBuilder(uri(address))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json"));
  }

  private static HttpResponse<String> send(Client http, HttpRequest.Builder request) {
    HttpRequest built = request.timeout(REQUEST).build();
    Optional<String> password = http.proxy().authorization(built.uri());
    if (password.isPresent()) {
      built = request.header("Proxy-Authorization", password.get()).build();
    }
    try {
      return http.jdk().send(built, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw GardenException.failure("%s: %s".formatted(built.uri(), e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw GardenException.failure("%s: interrupted".formatted(built.uri()), e);
    }
  }

  private static String problem(HttpResponse<String> answer) {
    String error = error(answer);
    if (answer.statusCode() == 404) {
      return error;
    }
    String description;
    try {
      description = json(answer).path("error_description").asText();
    } catch (GardenException notJson) {
      return "status " + answer.statusCode();
    }
    return error + ": " + description;
  }

  private static String error(HttpResponse<String> answer) {
    try {
      return json(answer).path("error").asText();
    } catch (GardenException notJson) {
      return "status " + answer.statusCode();
    }
  }

  private static JsonNode json(HttpResponse<String> answer) {
    try {
      return MAPPER.readTree(answer.body());
    } catch (JsonProcessingException e) {
      throw GardenException.failure("%s: %s".formatted(answer.uri(), e.getOriginalMessage()), e);
    }
  }

  /** A client and the proxy it goes through. */
  private record Client(HttpClient jdk, EnvironmentProxy proxy) {}

  private Client client() {
    SSLParameters parameters = new SSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    EnvironmentProxy proxy = new EnvironmentProxy(environment);
    HttpClient jdk =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .sslContext(trust())
            .sslParameters(parameters)
            .proxy(proxy)
            .build();
    return new Client(jdk, proxy);
  }

  private SSLContext trust() {
    try {
      Collection<? extends Certificate> authorities =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(
                      config.caCertificate().getBytes(StandardCharsets.UTF_8)));
      if (authorities.isEmpty()) {
        throw GardenException.failure("provided ca certs are invalid");
      }
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate authority : authorities) {
        store.setCertificateEntry("ca-" + number++, authority);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw GardenException.failure("provided ca certs are invalid", e);
    }
  }

  private static URI uri(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw GardenException.failure("credhub: '%s' (expected: a URL)".formatted(text), e);
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
