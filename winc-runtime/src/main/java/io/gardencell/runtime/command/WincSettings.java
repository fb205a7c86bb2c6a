package io.gardencell.runtime.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gardencell.api.GardenException;
import io.gardencell.runtime.FileFailures;
import io.gardencell.runtime.RuntimeConfig;
import io.gardencell.runtime.bundle.GoJsonErrors;
import io.gardencell.runtime.bundle.GoJsonSyntax;
import io.gardencell.runtime.bundle.JsonMembers;
import io.gardencell.runtime.credentials.CredHubConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParseResult;

/** Turns the global flags of {@code winc} into the runtime's settings. */
final class WincSettings {

  private static final String WINDOWS_ROOT = "C:\\ProgramData\\winc";
  private static final String WINDOWS_DATA = "C:\\var\\vcap\\data\\garden";

  private WincSettings() {}

  /** The settings; reads the file of {@code --config-file}. */
  static RuntimeConfig of(ParseResult flags, Surroundings around) {
    String spec = WincFlags.text(flags, "--credential-spec");
    return RuntimeConfig.ofRoot(root(flags, around))
        .withEnvironment(around.env())
        .withCredentials(
            spec.isEmpty() ? null : around.resolve(spec),
            credHub(WincFlags.text(flags, "--config-file"), around));
  }

  /** A credential spec that was asked for must be there. */
  static void checkCredentialSpec(ParseResult flags, Surroundings around) {
    String spec = WincFlags.text(flags, "--credential-spec");
    if (!spec.isEmpty() && !Files.exists(around.resolve(spec))) {
      throw GardenException.failure(
          "Error with provided --credential-spec %s: %s"
              .formatted(spec, FileFailures.missing(around.resolve(spec))));
    }
  }

  /** The server's data directory, which the emulated host lives in. */
  static Path dataDirectory(ParseResult flags, Surroundings around) {
    String given = WincFlags.text(flags, "--data-dir");
    if (given.isEmpty()) {
      given =
          around
              .env()
              .getOrDefault("GARDENCELL_DATA_DIR", isWindows() ? WINDOWS_DATA : "garden-data");
    }
    return around.resolve(given);
  }

  private static Path root(ParseResult flags, Surroundings around) {
    String root = WincFlags.text(flags, "--root");
    if (!root.isEmpty()) {
      return around.resolve(root);
    }
    boolean ownData = flags.hasMatchedOption("--data-dir") || !isWindows();
    return ownData ? dataDirectory(flags, around).resolve("winc") : Path.of(WINDOWS_ROOT);
  }

  private static boolean isWindows() {
    return System.getProperty("os.name", "").startsWith("Windows");
  }

  private static @Nullable CredHubConfig credHub(String name, Surroundings around) {
    if (name.isEmpty()) {
      return null;
    }
    Path file = around.resolve(name);
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

  private static String member(JsonNode json, String name) {
    JsonNode value = JsonMembers.member(json, name);
    if (!value.isTextual() && !value.isNull() && !value.isMissingNode()) {
      throw GardenException.failure(
          "config-file: %s: %s (expected: a string)".formatted(name, value.getNodeType()));
    }
    return value.isTextual() ? value.asText() : "";
  }
}
