package io.gardencell.image.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.gardencell.image.source.ManifestReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Wording of a registry's refusals (Source: containers/image: docker/errors.go). Stateless. */
final class RegistryErrors {

  private static final int SHOWN = 50;

  /** The distribution protocol's codes and their standard messages. */
  private static final Map<String, String> STANDARD =
      Map.ofEntries(
          Map.entry("BLOB_UNKNOWN", "blob unknown to registry"),
          Map.entry("DENIED", "requested access to the resource is denied"),
          Map.entry("DIGEST_INVALID", "provided digest did not match uploaded content"),
          Map.entry("MANIFEST_BLOB_UNKNOWN", "blob unknown to registry"),
          Map.entry("MANIFEST_INVALID", "manifest invalid"),
          Map.entry("MANIFEST_UNKNOWN", "manifest unknown"),
          Map.entry("MANIFEST_UNVERIFIED", "manifest failed signature verification"),
          Map.entry("NAME_INVALID", "invalid repository name"),
          Map.entry("NAME_UNKNOWN", "repository name not known to registry"),
          Map.entry("SIZE_INVALID", "provided length did not match content length"),
          Map.entry("TAG_INVALID", "manifest tag did not match URI"),
          Map.entry("TOOMANYREQUESTS", "too many requests"),
          Map.entry("UNAUTHORIZED", "authentication required"),
          Map.entry("UNAVAILABLE", "service unavailable"),
          Map.entry("UNKNOWN", "unknown error"),
          Map.entry("UNSUPPORTED", "The operation is unsupported."));

  private static final Map<Integer, String> REASONS =
      Map.ofEntries(
          Map.entry(200, "OK"),
          Map.entry(204, "No Content"),
          Map.entry(206, "Partial Content"),
          Map.entry(301, "Moved Permanently"),
          Map.entry(302, "Found"),
          Map.entry(304, "Not Modified"),
          Map.entry(307, "Temporary Redirect"),
          Map.entry(400, "Bad Request"),
          Map.entry(401, "Unauthorized"),
          Map.entry(403, "Forbidden"),
          Map.entry(404, "Not Found"),
          Map.entry(407, "Proxy Authentication Required"),
          Map.entry(408, "Request Timeout"),
          Map.entry(416, "Requested Range Not Satisfiable"),
          Map.entry(418, "I'm a teapot"),
          Map.entry(429, "Too Many Requests"),
          Map.entry(500, "Internal Server Error"),
          Map.entry(501, "Not Implemented"),
          Map.entry(502, "Bad Gateway"),
          Map.entry(503, "Service Unavailable"),
          Map.entry(504, "Gateway Timeout"));

  private RegistryErrors() {}

  /** The refusal that an answer is; closes it. */
  static RegistryException of(HttpAnswer answer, String what) throws IOException {
    byte[] body = answer.read(64 * 1024);
    return RegistryException.ofStatus(
        answer.status(),
        what + ": " + text(answer.status(), body, answer.headers("WWW-Authenticate")));
  }

  static String statusLine(int status) {
    String reason = REASONS.get(status);
    return reason == null ? String.valueOf(status) : status + " " + reason;
  }

  static String text(int status, byte[] body, List<String> wwwAuthenticate) {
    if (status < 400 || status >= 500) {
      return "received unexpected HTTP status: " + statusLine(status);
    }
    if (status == 401) {
      Challenge asked = Challenge.first(wwwAuthenticate).orElse(new Challenge("", Map.of()));
      String words = asked.get("error_description");
      if (asked.isBearer() && asked.get("error").equals("invalid_token")) {
        return "unauthorized" + (words.isEmpty() ? "" : ": " + words);
      }
      if (asked.isBearer() && asked.get("error").equals("insufficient_scope")) {
        return "denied" + (words.isEmpty() ? "" : ": " + words);
      }
    }
    Optional<String> told = told(status, body);
    if (told.isPresent()) {
      return told.get();
    }
    if (status == 401) {
      return "authentication required";
    }
    String start = new String(body, 0, Math.min(SHOWN, body.length), StandardCharsets.UTF_8);
    return "StatusCode: " + status + ", \"" + start + (body.length > SHOWN ? "...\"" : "\"");
  }

  private static Optional<String> told(int status, byte[] body) {
    JsonNode document;
    try {
      document = ManifestReader.parse(body);
    } catch (IOException notTheRegistrysOwn) {
      return Optional.empty();
    }
    String details = document.path("details").asText("");
    if (!details.isEmpty()) {
      String words = status == 401 ? "unauthorized" : status == 429 ? "toomanyrequests" : "unknown";
      return Optional.of(words + ": " + details);
    }
    JsonNode error = document.path("errors").path(0);
    return error.isObject() ? Optional.of(text(error)) : Optional.empty();
  }

  private static String text(JsonNode error) {
    String given = error.path("code").asText("");
    String code = STANDARD.containsKey(given) ? given : "UNKNOWN";
    String words = code.toLowerCase(Locale.ROOT).replace('_', ' ');
    String standard = STANDARD.getOrDefault(code, "");
    String message = error.path("message").asText("");
    if (message.isEmpty() || message.equals(standard)) {
      return error.path("detail").isMissingNode() || error.path("detail").isNull()
          ? words
          : standard;
    }
    return words + ": " + message;
  }
}
