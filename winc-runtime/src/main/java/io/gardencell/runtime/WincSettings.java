package io.gardencell.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gardencell.api.GardenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParseResult;

/** Turns the global flags of {@code winc} into the runtime's settings. */
final class WincSettings {

  private static final String WINDOWS_ROOT = "C:\\ProgramData\\winc";

  private WincSettings() {}

  static RuntimeConfig of(ParseResult flags, Path dataDirectory) {
    String root = WincCommand.text(flags, "--root");
    boolean windows = System.getProperty("os.name", "").startsWith("Windows");
    boolean ownData = flags.hasMatchedOption("--data-dir") || !windows;
    Path states =
        root.isEmpty()
            ? ownData ? dataDirectory.resolve("winc") : Path.of(WINDOWS_ROOT)
            : Path.of(root).toAbsolutePath();
    String credentialSpec = WincCommand.text(flags, "--credential-spec");
    Path file = credentialSpec.isEmpty() ? null : Path.of(credentialSpec);
    if (file != null && !Files.exists(file)) {
      throw GardenException.failure(
          "Error with provided --credential-spec %s: The system cannot find the file specified."
              .formatted(credentialSpec));
    }
    return RuntimeConfig.ofRoot(states)
        .withCredentials(file, credHub(WincCommand.text(flags, "--config-file")));
  }

  private static @Nullable CredHubConfig credHub(String name) {
    if (name.isEmpty()) {
      return null;
    }
    try {
      String text = Files.readString(Path.of(name));
      JsonNode json = new ObjectMapper().readTree(text);
      if (json.isMissingNode()) {
        throw GardenException.failure("config-file: unexpected end of JSON input");
      }
      return new CredHubConfig(
          json.path("uaa_credhub_client_id").asText(),
          json.path("uaa_credhub_client_secret").asText(),
          json.path("credhub_endpoint").asText(),
          json.path("credhub_ca_certificate").asText());
    } catch (JsonProcessingException e) {
      throw GardenException.failure(
          "config-file: " + GoJsonErrors.text("-", e.getOriginalMessage()), e);
    } catch (NoSuchFileException e) {
      throw GardenException.failure(
          "config-file: open " + name + ": The system cannot find the file specified.", e);
    } catch (IOException e) {
      throw GardenException.failure("config-file: %s: %s".formatted(name, e.getMessage()), e);
    }
  }
}
