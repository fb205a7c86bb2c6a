package io.gardencell.image.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.gardencell.api.GardenException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Speaks the pull half of the distribution protocol with one registry for one repository: ping,
 * tokens, redirects, waits (Source: containers/image: docker/docker_client.go). Any thread.
 */
final class RegistryClient {

  private static final int MAX_REDIRECTS = 10;
  private static final int MAX_TRIES = 5;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private final String registry;
  private final String scope;
  private final String user;
  private final String password;
  private final boolean insecure;
  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(Duration.ofSeconds(30))
          .followRedirects(HttpClient.Redirect.NEVER)
          .proxy(ProxySelector.getDefault())
          .build();
  private @Nullable String base;
  private @Nullable Challenge challenge;
  private @Nullable String token;
  private long tokenEnds;

  RegistryClient(DockerReference reference, String user, String password, boolean insecure) {
    this.registry = reference.registry();
    this.scope = "repository:" + reference.name() + ":pull";
    this.user = user;
    this.password = password;
    this.insecure = insecure;
  }

  /** GET of a path of the registry; the caller closes the body. */
  HttpResponse<InputStream> get(String path, Map<String, String> headers) throws IOException {
    URI uri = URI.create(ping() + path);
    HttpResponse<InputStream> answer = authorised(uri, headers);
    if (answer.statusCode() == 401 && isBearer()) {
      answer.body().close();
      forgetToken();
      answer = authorised(uri, headers);
    }
    return answer;
  }

  /** GET of a foreign address, without credentials. */
  HttpResponse<InputStream> getForeign(URI uri) throws IOException {
    return send(uri, Map.of(), null);
  }

  private HttpResponse<InputStream> authorised(URI uri, Map<String, String> headers)
      throws IOException {
    return send(uri, headers, authorization());
  }

  private HttpResponse<InputStream> send(
      URI first, Map<String, String> headers, @Nullable String authorization) throws IOException {
    long wait = 2000;
    for (int attempt = 1; ; attempt++) {
      HttpResponse<InputStream> answer = follow(first, headers, authorization);
      if (answer.statusCode() != 429 || attempt == MAX_TRIES) {
        return answer;
      }
      answer.body().close();
      long asked = retryAfter(answer).orElse(wait);
      LockSupport.parkNanos(
          TimeUnit.MILLISECONDS.toNanos(Math.min(asked, LONGEST_WAIT.toMillis())));
      wait *= 2;
    }
  }

  private static Optional<Long> retryAfter(HttpResponse<?> answer) {
    try {
      return answer
          .headers()
          .firstValue("Retry-After")
          .map(v -> Math.max(0, Long.parseLong(v.strip()) * 1000));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private HttpResponse<InputStream> follow(
      URI first, Map<String, String> headers, @Nullable String authorization) throws IOException {
    URI uri = first;
    for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(uri)
              .timeout(Duration.ofSeconds(60))
              .header("User-Agent", "gardencell-groot");
      headers.forEach(
          (name, value) -> {
            for (String one : value.split(";", -1)) {
              request.header(name, one);
            }
          });
      boolean sameHost = uri.getAuthority().equals(first.getAuthority());
      if (authorization != null && sameHost) {
        request.header("Authorization", authorization);
      }
      HttpResponse<InputStream> answer = exchange(request.build());
      int status = answer.statusCode();
      if (status < 301 || status > 308 || status == 304) {
        return answer;
      }
      answer.body().close();
      uri = uri.resolve(answer.headers().firstValue("Location").orElse(""));
    }
    throw new IOException("stopped after " + MAX_REDIRECTS + " redirects: " + first);
  }

  private HttpResponse<InputStream> exchange(HttpRequest request) throws IOException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted: " + request.uri(), e);
    }
  }

  /** Finds out scheme and challenge once; returns the base address. */
  private synchronized String ping() throws IOException {
    String known = base;
    if (known != null) {
      return known;
    }
    try {
      return ping("https://" + registry);
    } catch (IOException e) {
      if (insecure) {
        return ping("http://" + registry);
      }
      throw new IOException("pinging container registry " + registry + ": " + e.getMessage(), e);
    }
  }

  private synchronized String ping(String address) throws IOException {
    HttpResponse<InputStream> answer = send(URI.create(address + "/v2/"), Map.of(), null);
    answer.body().close();
    if (answer.statusCode() == 401) {
      challenge = Challenge.first(answer.headers().allValues("WWW-Authenticate")).orElse(null);
    } else if (answer.statusCode() != 200) {
      throw new IOException(RegistryErrors.text(answer.statusCode(), new byte[0]));
    }
    base = address;
    return address;
  }

  private synchronized boolean isBearer() {
    return challenge != null && challenge.scheme().equals("bearer");
  }

  private synchronized void forgetToken() {
    token = null;
  }

  private synchronized @Nullable String authorization() throws IOException {
    Challenge wanted = challenge;
    if (wanted == null) {
      return null;
    }
    if (wanted.scheme().equals("basic")) {
      return basic();
    }
    if (token == null || System.nanoTime() > tokenEnds) {
      token = fetchToken(wanted);
    }
    return "Bearer " + token;
  }

  private String basic() {
    byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(both);
  }

  private synchronized String fetchToken(Challenge wanted) throws IOException {
    if (wanted.get("realm").isEmpty()) {
      throw new IOException("missing realm in bearer auth challenge");
    }
    Map<String, String> query = new HashMap<>();
    if (!user.isEmpty()) {
      query.put("account", user);
    }
    if (!wanted.get("service").isEmpty()) {
      query.put("service", wanted.get("service"));
    }
    query.put("scope", scope);
    StringBuilder address = new StringBuilder(wanted.get("realm"));
    char separator = wanted.get("realm").indexOf('?') < 0 ? '?' : '&';
    for (Map.Entry<String, String> e : query.entrySet()) {
      address.append(separator).append(e.getKey()).append('=');
      address.append(URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8));
      separator = '&';
    }
    boolean known = !user.isEmpty() && !password.isEmpty();
    HttpResponse<InputStream> answer =
        follow(URI.create(address.toString()), Map.of(), known ? basic() : null);
    byte[] body = RegistrySource.body(answer, 1024 * 1024);
    if (answer.statusCode() == 401) {
      throw GardenException.failure(
          "unable to retrieve auth token: invalid username/password: "
              + "unauthorized: incorrect username or password");
    }
    if (answer.statusCode() != 200) {
      throw new IOException(
          "Requesting bearer token: received unexpected HTTP status: " + answer.statusCode());
    }
    JsonNode json = ManifestReader.parse(body);
    String text = json.path("token").asText("");
    long seconds = Math.max(60, json.path("expires_in").asLong(60));
    tokenEnds = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds - 5);
    return text.isEmpty() ? json.path("access_token").asText("") : text;
  }
}
