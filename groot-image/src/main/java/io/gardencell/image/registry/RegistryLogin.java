package io.gardencell.image.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.gardencell.image.source.ManifestReader;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Credentials of one pull towards one registry: nothing, Basic, or a token that is fetched and
 * renewed. Nothing is shared with other pulls, so one client's token never serves another. Any
 * thread.
 */
final class RegistryLogin {

  private static final int MAX_TOKEN_BYTES = 1024 * 1024;
  private static final long SHORTEST_SECONDS = 60;
  private static final Duration MARGIN = Duration.ofSeconds(5);

  private final HttpTransport http;
  private final String user;
  private final String password;
  private final boolean insecure;
  private final Set<String> scopes = new TreeSet<>();
  private @Nullable Challenge challenge;
  private @Nullable String token;
  private long tokenEnds;

  RegistryLogin(HttpTransport http, String scope, String user, String password, boolean insecure) {
    this.http = http;
    this.user = user;
    this.password = password;
    this.insecure = insecure;
    scopes.add(scope);
  }

  /** Takes what the registry asked for. */
  synchronized void learn(List<String> wwwAuthenticate) {
    challenge = Challenge.first(wwwAuthenticate).orElse(null);
    token = null;
  }

  /** Value of the Authorization header, or none. */
  synchronized @Nullable String authorization() throws IOException {
    Challenge asked = challenge;
    if (asked == null) {
      return null;
    }
    if (!asked.isBearer()) {
      return basic();
    }
    String known = token;
    if (known == null || System.nanoTime() - tokenEnds >= 0) {
      known = fetch(asked);
      token = known;
    }
    return "Bearer " + known;
  }

  /**
   * Whether another authorization may help after a 401: a new token, a wider one, or a first one.
   *
   * @param sent what the refused request carried
   */
  synchronized boolean canDoBetter(@Nullable String sent, List<String> wwwAuthenticate) {
    Optional<Challenge> now = Challenge.first(wwwAuthenticate);
    if (sent == null) {
      challenge = now.orElse(null);
      return now.isPresent();
    }
    if (!sent.startsWith("Bearer ")) {
      return false;
    }
    if (now.map(c -> c.get("error")).orElse("").equals("insufficient_scope")) {
      String scope = now.map(c -> c.get("scope")).orElse("");
      if (scope.isEmpty() || !scopes.add(scope)) {
        return false;
      }
    }
    if (sent.equals("Bearer " + token)) {
      token = null;
    }
    return true;
  }

  private String basic() {
    byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(both);
  }

  private String fetch(Challenge asked) throws IOException {
    URI address = address(asked);
    boolean known = !user.isEmpty() && !password.isEmpty();
    if (known && !insecure && !"https".equals(address.getScheme())) {
      throw refused(
          "token server '"
              + asked.get("realm")
              + "' would get the password unencrypted"
              + " (expected: https, or the registry among the insecure ones)");
    }
    HttpAnswer answer = http.get(address, Map.of(), known ? basic() : null);
    byte[] body = answer.read(MAX_TOKEN_BYTES);
    switch (answer.status()) {
      case 200 -> {
        return parse(address, body);
      }
      case 401 ->
          throw refused(
              "unable to retrieve auth token: invalid username/password: "
                  + "unauthorized: incorrect username or password");
      case 429 -> throw refused("too many requests to registry");
      default ->
          throw RegistryException.ofStatus(
              answer.status(),
              "Requesting bearer token: received unexpected HTTP status: "
                  + RegistryErrors.statusLine(answer.status()));
    }
  }

  private static RegistryException refused(String text) {
    return new RegistryException(RegistryException.Hope.NONE, text);
  }

  private URI address(Challenge asked) throws RegistryException {
    String realm = asked.get("realm");
    if (realm.isEmpty()) {
      throw refused("missing realm in bearer auth challenge");
    }
    List<String> query = new ArrayList<>();
    if (!user.isEmpty()) {
      query.add("account=" + encode(user));
    }
    scopes.forEach(s -> query.add("scope=" + encode(s)));
    if (!asked.get("service").isEmpty()) {
      query.add("service=" + encode(asked.get("service")));
    }
    try {
      URI address = new URI(realm + (realm.indexOf('?') < 0 ? "?" : "&") + String.join("&", query));
      if (address.getHost() != null) {
        return address;
      }
    } catch (java.net.URISyntaxException e) {
      // Told below, with the value.
    }
    throw refused("realm of bearer auth challenge: '" + realm + "' (expected: a URL)");
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private String parse(URI address, byte[] body) throws IOException {
    JsonNode json;
    try {
      json = ManifestReader.parse(body);
    } catch (IOException e) {
      String start = new String(body, 0, Math.min(body.length, 100), StandardCharsets.UTF_8);
      throw new RegistryException(
          RegistryException.Hope.ODD,
          "decoding bearer token (last URL \"%s\", body start \"%s\"): %s"
              .formatted(address, start, e.getMessage()),
          e);
    }
    String text = json.path("token").asText("");
    text = text.isEmpty() ? json.path("access_token").asText("") : text;
    long seconds = Math.max(SHORTEST_SECONDS, json.path("expires_in").asLong(0));
    tokenEnds = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds) - MARGIN.toNanos();
    return text;
  }
}
