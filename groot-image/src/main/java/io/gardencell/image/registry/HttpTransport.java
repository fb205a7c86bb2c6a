package io.gardencell.image.registry;

import io.gardencell.api.http.EnvironmentProxy;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * GET with the manners that registries want: redirects without credentials for others, patience
 * with "too many requests", no endless silence (Source: containers/image: docker/docker_client.go).
 *
 * <p>HTTP/1.1, so that layers that are downloaded side by side do not share one connection. Any
 * thread; calls block.
 */
final class HttpTransport {

  static {
    EnvironmentProxy.allowPasswords();
  }

  private static final int MAX_REDIRECTS = 10;
  private static final int MAX_TRIES = 5;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(60);

  private final HttpClient http;
  private final EnvironmentProxy proxy;
  private final Pause pause;
  private final Duration silence;

  /**
   * A transport.
   *
   * @param insecure whether certificates are taken unseen
   * @param proxy who stands in between, if anybody
   * @param silence longest wait for headers, and between two pieces of a body
   */
  HttpTransport(boolean insecure, EnvironmentProxy proxy, Pause pause, Duration silence) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(30))
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(proxy);
    if (insecure) {
      builder.sslContext(RegistryTls.unverified());
    }
    this.http = builder.build();
    this.proxy = proxy;
    this.pause = pause;
    this.silence = silence;
  }

  /** A transport with the proxies of this process and real waits. */
  static HttpTransport real(boolean insecure) {
    return new HttpTransport(
        insecure, new EnvironmentProxy(System.getenv()), Pause.REAL, LONGEST_SILENCE);
  }

  Pause pause() {
    return pause;
  }

  /**
   * GETs and follows; waits when told "too many requests".
   *
   * @param authorization only ever sent to the host of the address
   */
  HttpAnswer get(URI address, Map<String, List<String>> headers, @Nullable String authorization)
      throws IOException {
    Duration wait = Duration.ofSeconds(2);
    for (int tries = 1; ; tries++) {
      HttpAnswer answer = follow(address, headers, authorization);
      if (answer.status() != 429 || tries == MAX_TRIES) {
        return answer;
      }
      answer.close();
      Duration asked = retryAfter(answer.header("Retry-After"), Instant.now()).orElse(wait);
      pause.forAWhile(asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked);
      wait = wait.multipliedBy(2);
    }
  }

  /** Seconds or a date; what is past or malformed does not count. */
  static Optional<Duration> retryAfter(String value, Instant now) {
    String text = value.strip();
    if (text.matches("\\d{1,9}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      Instant then = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return then.isAfter(now) ? Optional.of(Duration.between(now, then)) : Optional.empty();
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private HttpAnswer follow(
      URI first, Map<String, List<String>> headers, @Nullable String authorization)
      throws IOException {
    URI uri = first;
    @Nullable String credentials = authorization;
    for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
      HttpAnswer answer = once(uri, headers, credentials);
      String location = answer.header("Location");
      if (!answer.isRedirect() || location.isEmpty()) {
        return answer;
      }
      answer.close();
      uri = target(uri, location);
      if (!String.valueOf(uri.getAuthority()).equals(first.getAuthority())) {
        credentials = null;
      }
    }
    throw new RegistryException(
        RegistryException.Hope.NONE,
        "Get \"" + first + "\": stopped after " + MAX_REDIRECTS + " redirects");
  }

  private static URI target(URI from, String location) throws RegistryException {
    try {
      URI to = from.resolve(location);
      if (List.of("http", "https").contains(String.valueOf(to.getScheme()))
          && to.getHost() != null) {
        return to;
      }
    } catch (IllegalArgumentException e) {
      // Told below, with the value.
    }
    throw new RegistryException(
        RegistryException.Hope.NONE,
        "Get \"" + from + "\": redirect to '" + location + "' (expected: an http or https URL)");
  }

  /** The request's own timeout does not cover a TLS handshake that nobody answers; ours does. */
  private HttpAnswer once(
      URI uri, Map<String, List<String>> headers, @Nullable String authorization)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .header("User-Agent", "gardencell-groot")
            .header("Docker-Distribution-API-Version", "registry/2.0");
    headers.forEach((name, values) -> values.forEach(v -> request.header(name, v)));
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    proxy.authorization(uri).ifPresent(value -> request.header("Proxy-Authorization", value));
    CompletableFuture<HttpResponse<InputStream>> sent =
        http.sendAsync(request.build(), info -> new TimedBody(silence));
    try {
      return new HttpAnswer(sent.get(silence.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      sent.cancel(true);
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted =
          new InterruptedIOException("Get \"" + uri + "\": interrupted");
      interrupted.initCause(e);
      throw interrupted;
    } catch (TimeoutException e) {
      sent.cancel(true);
      throw new RegistryException(
          RegistryException.Hope.LATER,
          "Get \"%s\": no answer for %d s".formatted(uri, silence.toSeconds()),
          e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new RegistryException(
          cause instanceof SSLException
              ? RegistryException.Hope.NONE
              : RegistryException.Hope.LATER,
          "Get \"" + uri + "\": " + HttpFailures.text(cause),
          cause);
    }
  }
}
