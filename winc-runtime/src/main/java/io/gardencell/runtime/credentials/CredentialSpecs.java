package io.gardencell.runtime.credentials;

import io.gardencell.api.GardenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where the gMSA credential spec of a container comes from (Source: winc: runtime/credentials). */
public final class CredentialSpecs {

  static final String REFERENCE = "WINDOWS_GMSA_CREDENTIAL_REF=";

  private final @Nullable Path file;
  private final @Nullable CredHub credHub;

  /** Takes CredHub before the file; null for none of the two. */
  public CredentialSpecs(@Nullable Path file, @Nullable CredHubConfig config) {
    this.file = file;
    this.credHub =
        config == null || !config.isComplete() ? null : new CredHub(config, System.getenv());
  }

  /** The spec for a process environment as JSON text; empty for none. */
  public String find(List<String> env) {
    Optional<String> reference =
        env.stream()
            .filter(e -> e.startsWith(REFERENCE))
            .map(e -> e.substring(REFERENCE.length()))
            .findFirst();
    if (credHub != null && reference.isPresent()) {
      return credHub.credential(reference.get());
    }
    if (file == null) {
      return "";
    }
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw GardenException.failure(
          "Error with provided --credential-spec %s: %s".formatted(file, e.getMessage()), e);
    }
  }
}
