package io.gardencell.runtime.credentials;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gardencell.api.GardenException;
import io.gardencell.runtime.bundle.FileFailures;
import io.gardencell.runtime.bundle.GoJsonErrors;
import io.gardencell.runtime.bundle.GoJsonSyntax;
import io.gardencell.runtime.bundle.JsonMembers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Access to a CredHub (Source: winc: the file of {@code --config-file}).
 *
 * @param clientId UAA client
 * @param clientSecret its secret; never logged
 * @param endpoint base address of the CredHub API
 * @param caCertificate PEM text of the only certificate authority to trust
 */
public record CredHubConfig(
    String clientId, String clientSecret, String endpoint, String caCertificate) {

  /**
   * Reads such a file.
   *
   * @param name the file as it was given, for failures
   */
  public static CredHubConfig read(String name, Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw GardenException.failure("config-file: " + FileFailures.text("open", name, file, e), e);
    }
    try {
      JsonNode json = new ObjectMapper().readTree(text);
      if (!json.isObject()) {
        throw GardenException.failure(
            "config-file: " + GoJsonSyntax.error(text).orElse("expected a JSON object"));
      }
      return new CredHubConfig(
          member(json, "uaa_credhub_client_id"),
          member(json, "uaa_credhub_client_secret"),
          member(json, "credhub_endpoint"),
          member(json, "credhub_ca_certificate"));
    } catch (JsonProcessingException e) {
      throw GardenException.failure("config-file: " + GoJsonErrors.text(text, e), e);
    }
  }

  /** A wrong value may be the secret in the wrong place, so only its kind is told. */
  private static String member(JsonNode json, String name) {
    JsonNode value = JsonMembers.member(json, name);
    if (!value.isTextual() && !value.isNull() && !value.isMissingNode()) {
      throw GardenException.failure(
          "config-file: %s: %s (expected: a string)".formatted(name, value.getNodeType()));
    }
    return value.isTextual() ? value.asText() : "";
  }

  /** Whether there is enough to ask. */
  public boolean isComplete() {
    return !clientId.isEmpty() && !clientSecret.isEmpty();
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "CredHubConfig[clientId=%s, endpoint=%s]".formatted(clientId, endpoint);
  }
}
