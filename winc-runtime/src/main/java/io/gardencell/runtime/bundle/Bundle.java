package io.gardencell.runtime.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gardencell.api.GardenException;
import io.gardencell.api.oci.OciJson;
import io.gardencell.api.oci.OciSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A checked bundle (Source: winc: runtime/config/bundle).
 *
 * @param path absolute, normalised directory
 * @param spec its {@code config.json}
 * @param init the init process, with a Windows working directory
 */
public record Bundle(Path path, OciSpec spec, ProcessSettings init) {

  private static final Logger log = LoggerFactory.getLogger(Bundle.class);
  private static final ObjectMapper TREES = new ObjectMapper();

  /** Loads a bundle for a handle, which must be the directory's name. */
  public static Bundle load(Path directory, String handle) {
    Path path = directory.toAbsolutePath().normalize();
    log.atDebug().addKeyValue("bundle", path).log("validating bundle");
    String json = config(path);
    JsonNode tree;
    OciSpec spec;
    try {
      tree = TREES.readTree(json);
      spec = OciJson.read(json, OciSpec.class);
    } catch (JsonProcessingException e) {
      throw invalidJson(path, GoJsonErrors.text(json, e), e);
    } catch (IllegalArgumentException e) {
      throw invalidJson(path, GoJsonErrors.text(json, e), e);
    }
    Findings failures = new Findings(handle, path.toString());
    List<String> findings = BundleRules.findings(tree);
    if (!findings.isEmpty()) {
      throw failures.inBundle(findings);
    }
    ProcessSettings init =
        spec.process() == null
            ? ProcessSettings.checked(
                ProcessSettings.DEFAULT_CWD, List.of(), List.of(), "", failures)
            : ProcessSettings.of(spec.process(), failures);
    if (!String.valueOf(path.getFileName()).equals(handle)) {
      throw GardenException.failure("container id does not match bundle directory name: " + handle);
    }
    return new Bundle(path, spec, init);
  }

  /** Volume of the container's root file system. */
  public String volume() {
    return spec.root() == null ? "" : spec.root().path();
  }

  /** The container whose network this one shares; empty for none. */
  public String sharedNetwork() {
    return spec.windows() == null || spec.windows().network() == null
        ? ""
        : spec.windows().network().networkSharedContainerName();
  }

  private static String config(Path path) {
    if (!Files.isDirectory(path)) {
      throw GardenException.failure("bundle does not exist: " + path);
    }
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(path.resolve("config.json"));
    } catch (IOException e) {
      String cause = e instanceof java.nio.file.NoSuchFileException ? "" : ": " + e.getMessage();
      throw GardenException.failure("bundle config.json does not exist: " + path + cause, e);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw GardenException.failure("bundle config.json not encoded in UTF-8: " + path, e);
    }
  }

  private static GardenException invalidJson(Path path, String text, Exception cause) {
    return GardenException.failure(
        "bundle config.json contains invalid JSON: " + path + ": " + text, cause);
  }
}
