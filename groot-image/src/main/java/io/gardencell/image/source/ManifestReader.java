package io.gardencell.image.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gardencell.api.GardenException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads manifests of both families down to an {@link ImageDescription}. Its errors begin as the
 * reference's do, with the step that failed. Any thread.
 */
public final class ManifestReader {

  /** First words of errors where the manifest could not be had. */
  public static final String CREATING_SOURCE =
      "fetching image reference: creating image: creating image source";

  /** First words of errors in the manifest. */
  public static final String CREATING = "fetching image reference: creating image";

  /** An OCI image manifest. */
  public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  /** An OCI image index. */
  public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";

  /** A Docker manifest, schema 2. */
  public static final String DOCKER_MANIFEST =
      "application/vnd.docker.distribution.manifest.v2+json";

  /** A Docker manifest list. */
  public static final String DOCKER_LIST =
      "application/vnd.docker.distribution.manifest.list.v2+json";

  /** Most bytes of a manifest or configuration. */
  public static final int MAX_BYTES = 4 * 1024 * 1024;

  private static final Logger log = LoggerFactory.getLogger(ManifestReader.class);
  private static final String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
  private static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
  private static final Set<String> DOCKER_LAYERS =
      Set.of(
          "application/vnd.docker.image.rootfs.diff.tar",
          "application/vnd.docker.image.rootfs.diff.tar.gzip",
          "application/vnd.docker.image.rootfs.foreign.diff.tar",
          "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip");
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final int MAX_DEPTH = 4;
  private static final Set<String> TYPES =
      Set.of(OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST);

  /** Where documents come from. */
  public interface Documents {
    /** A manifest, unverified. */
    byte[] manifest(Digest digest) throws IOException;

    /** A configuration, unverified. */
    byte[] config(Digest digest) throws IOException;
  }

  private final Documents documents;
  private final Platform platform;

  /** A reader that asks there for what a manifest refers to. */
  public ManifestReader(Documents documents, Platform platform) {
    this.documents = documents;
    this.platform = platform;
  }

  /** A JSON object; errors in the words of the reference's parser where it has short ones. */
  public static JsonNode parse(byte[] bytes) throws IOException {
    try {
      JsonNode node = JSON.readTree(bytes);
      if (node == null || node.isMissingNode()) {
        throw new IOException("unexpected end of JSON input");
      }
      if (!node.isObject()) {
        throw new IOException("a JSON " + node.getNodeType() + " (expected: an object)");
      }
      return node;
    } catch (JsonEOFException e) {
      throw new IOException("unexpected end of JSON input", e);
    } catch (JsonProcessingException e) {
      String text = new String(bytes, StandardCharsets.UTF_8).strip();
      boolean document = text.startsWith("{") || text.startsWith("[") || text.isEmpty();
      throw new IOException(
          document
              ? "invalid JSON: " + e.getOriginalMessage()
              : "invalid character '" + text.charAt(0) + "' looking for beginning of value",
          e);
    }
  }

  /** Reads down from a manifest or a list of manifests whose own digest is checked already. */
  public ImageDescription read(byte[] bytes, String mediaType) throws IOException {
    JsonNode manifest;
    try {
      manifest = instance(bytes, mediaType, 0);
      check(manifest);
    } catch (IOException | GardenException e) {
      throw new IOException(CREATING + ": " + e.getMessage(), e);
    }
    try {
      return image(manifest);
    } catch (IOException | GardenException e) {
      throw new IOException("fetching image configuration: " + e.getMessage(), e);
    }
  }

  private JsonNode instance(byte[] bytes, String mediaType, int depth) throws IOException {
    JsonNode manifest = parse(bytes);
    String type = manifest.path("mediaType").asText(mediaType);
    if (TYPES.contains(mediaType) && !type.equals(mediaType)) {
      throw new IOException(
          "rejecting ambiguous manifest: mediaType \"" + type + "\" in supposedly " + mediaType);
    }
    if (!TYPES.contains(type)) {
      throw new IOException(
          "unsupported schema version %d, manifest type \"%s\" (expected: schema 2 or OCI)"
              .formatted(manifest.path("schemaVersion").asInt(0), type));
    }
    if (type.equals(OCI_MANIFEST) || type.equals(DOCKER_MANIFEST)) {
      refuse(manifest, type, "manifests", "fsLayers", "history");
      return ((ObjectNode) manifest).put("mediaType", type);
    }
    refuse(manifest, type, "config", "layers", "fsLayers", "history");
    if (depth == MAX_DEPTH) {
      throw new IOException("lists of lists of manifests: more than " + MAX_DEPTH + " deep");
    }
    JsonNode chosen =
        platform
            .choose(manifest.path("manifests"))
            .orElseThrow(
                () ->
                    new IOException(
                        platform.missing(
                            type.equals(DOCKER_LIST) ? "manifest list" : "image index")));
    Digest digest = Digest.parse(chosen.path("digest").asText());
    byte[] instance = documents.manifest(digest);
    if (!digest.over(instance).equals(digest)) {
      throw new IOException("Image manifest does not match selected manifest digest " + digest);
    }
    return instance(instance, chosen.path("mediaType").asText(OCI_MANIFEST), depth + 1);
  }

  /** Documents that could be read as two kinds could be shown to one reader and run by another. */
  private static void refuse(JsonNode manifest, String type, String... fields) throws IOException {
    List<String> unexpected =
        Stream.of(fields).filter(manifest::has).map(f -> '"' + f + '"').toList();
    if (!unexpected.isEmpty()) {
      throw new IOException(
          "rejecting ambiguous manifest, unexpected fields []string{%s} in supposedly %s"
              .formatted(String.join(", ", unexpected), type));
    }
  }

  private static void check(JsonNode manifest) throws IOException {
    String configType = manifest.path("config").path("mediaType").asText();
    if (manifest.path("mediaType").asText().equals(OCI_MANIFEST)) {
      if (configType.equals(DOCKER_CONFIG)) {
        throw new IOException(
            "invalid mixed OCI image with Docker v2s2 config (\"" + configType + "\")");
      }
      if (!configType.equals(OCI_CONFIG)) {
        throw new IOException(
            "unsupported image-specific operation on artifact with type \""
                + manifest.path("artifactType").asText(configType)
                + "\"");
      }
      return;
    }
    for (JsonNode layer : manifest.path("layers")) {
      String type = layer.path("mediaType").asText();
      if (!DOCKER_LAYERS.contains(type)) {
        throw new IOException("unsupported docker v2s2 media type: \"" + type + "\"");
      }
    }
  }

  private ImageDescription image(JsonNode manifest) throws IOException {
    Digest digest = Digest.parse(manifest.path("config").path("digest").asText());
    byte[] bytes = documents.config(digest);
    Digest actual = digest.over(bytes);
    if (!actual.equals(digest)) {
      throw new IOException(
          "Download config.json digest " + actual + " does not match expected " + digest);
    }
    JsonNode config = parse(bytes);
    String os = config.path("os").asText("windows");
    if (!os.equals("windows")) {
      log.atWarn().addKeyValue("os", os).log("image was made for another system");
    }
    List<String> env = new ArrayList<>();
    config.path("config").path("Env").forEach(e -> env.add(e.asText()));
    return new ImageDescription(
        layers(manifest.path("layers"), config.path("rootfs").path("diff_ids")), env);
  }

  private static List<LayerInfo> layers(JsonNode layers, JsonNode diffIds) throws IOException {
    if (layers.size() != diffIds.size()) {
      throw new IOException(
          "invalid image configuration: %d layers but %d diff_ids"
              .formatted(layers.size(), diffIds.size()));
    }
    List<LayerInfo> all = new ArrayList<>();
    String chain = "";
    for (int i = 0; i < layers.size(); i++) {
      JsonNode layer = layers.get(i);
      Digest diff = diffId(diffIds.get(i).asText());
      chain = chain.isEmpty() ? diff.hex() : chainId(chain, diff.hex());
      Digest blob = Digest.parse(layer.path("digest").asText());
      List<String> urls = new ArrayList<>();
      layer.path("urls").forEach(u -> urls.add(u.asText()));
      all.add(
          new LayerInfo(
              blob.toString(),
              blob,
              diff,
              chain,
              layer.path("size").asLong(-1),
              layer.path("mediaType").asText(),
              urls));
    }
    return all;
  }

  private static Digest diffId(String text) throws IOException {
    try {
      return Digest.parse(text);
    } catch (GardenException e) {
      throw new IOException("invalid diff_id \"" + text + "\"", e);
    }
  }

  /** The reference's chain id, which is not OCI's: bare hex strings with one space. */
  static String chainId(String parent, String diff) {
    return Digest.sha256((parent + " " + diff).getBytes(StandardCharsets.US_ASCII)).hex();
  }
}
