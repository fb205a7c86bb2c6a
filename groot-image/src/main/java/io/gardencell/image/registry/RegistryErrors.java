package io.gardencell.image.registry;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/** Wording of a registry's refusals (Source: containers/image: docker/errors.go). */
final class RegistryErrors {

  private static final Map<String, String> STANDARD =
      Map.of(
          "MANIFEST_UNKNOWN", "manifest unknown",
          "BLOB_UNKNOWN", "blob unknown to registry",
          "UNAUTHORIZED", "authentication required",
          "DENIED", "requested access to the resource is denied",
          "NAME_UNKNOWN", "repository name not known to registry");

  private RegistryErrors() {}

  static String text(int status, byte[] body) {
    if (status < 400 || status >= 500) {
      return "received unexpected HTTP status: " + status + reason(status);
    }
    try {
      JsonNode error = ManifestReader.parse(body).path("errors").path(0);
      if (error.isObject()) {
        return text(error);
      }
    } catch (IOException e) {
      // Not the registry's own document; worded below.
    }
    if (status == 401) {
      return "authentication required";
    }
    String start = new String(body, 0, Math.min(50, body.length), StandardCharsets.UTF_8);
    return "StatusCode: " + status + ", \"" + start + (body.length > 50 ? "...\"" : "\"");
  }

  private static String text(JsonNode error) {
    String code = error.path("code").asText("UNKNOWN");
    String words = code.toLowerCase(Locale.ROOT).replace('_', ' ');
    String message = error.path("message").asText("");
    String standard = STANDARD.getOrDefault(code, "");
    if (message.isEmpty() || message.equals(standard)) {
      return error.path("detail").isMissingNode() || error.path("detail").isNull()
          ? words
          : standard.isEmpty() ? words : standard;
    }
    return words + ": " + message;
  }

  private static String reason(int status) {
    return switch (status) {
      case 500 -> " Internal Server Error";
      case 502 -> " Bad Gateway";
      case 503 -> " Service Unavailable";
      case 504 -> " Gateway Timeout";
      default -> "";
    };
  }
}
