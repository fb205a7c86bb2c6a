package io.gardencell.image.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gardencell.api.GardenException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads manifests of both families down to an {@link ImageDescription}. */
final class ManifestReader {

  static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
  static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
  static final String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
  static final int MAX_BYTES = 4 * 1024 * 1024;

  private static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
  private static final Set<String> DOCKER_LAYERS =
      Set.of(
          "application/vnd.docker.image.rootfs.diff.tar",
          "application/vnd.docker.image.rootfs.diff.tar.gzip",
          "application/vnd.docker.image.rootfs.foreign.diff.tar",
          "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Where documents come from. */
  interface Documents {
    byte[] manifest(Digest digest) throws IOException;

    byte[] config(Digest digest) throws IOException;
  }

  private final Documents documents;
  private final Platform platform;

  ManifestReader(Documents documents, Platform platform) {
    this.documents = documents;
    this.platform = platform;
  }

  static JsonNode parse(byte[] bytes) throws IOException {
    try {
      JsonNode node = JSON.readTree(bytes);
      if (node == null || !node.isObject()) {
        throw new IOException("manifest: not a JSON object");
      }
      return node;
    } catch (JsonProcessingException e) {
      throw new IOException("parsing manifest: " + e.getOriginalMessage(), e);
    }
  }

  ImageDescription read(byte[] bytes, String mediaType) throws IOException {
    JsonNode manifest = parse(bytes);
    String type = manifest.path("mediaType").asText(mediaType);
    boolean docker = type.equals(DOCKER_MANIFEST) || type.equals(DOCKER_LIST);
    if (type.equals(OCI_INDEX) || type.equals(DOCKER_LIST)) {
      if (manifest.has("layers") || manifest.has("config")) {
        throw new IOException("rejecting ambiguous manifest: layers in supposedly " + type);
      }
      JsonNode chosen =
          platform
              .choose(manifest.path("manifests"))
              .orElseThrow(
                  () ->
                      new IOException(platform.missing(docker ? "manifest list" : "image index")));
      Digest digest = Digest.parse(chosen.path("digest").asText());
      byte[] instance = documents.manifest(digest);
      if (!digest.over(instance).equals(digest)) {
        throw new IOException("Image manifest does not match selected manifest digest " + digest);
      }
      String instanceType = chosen.path("mediaType").asText(OCI_MANIFEST);
      if (instanceType.equals(OCI_INDEX) || instanceType.equals(DOCKER_LIST)) {
        throw new IOException("index within an index is not supported: " + digest);
      }
      return read(instance, instanceType);
    }
    if (!type.equals(OCI_MANIFEST) && !docker) {
      throw new IOException(
          "unsupported schema version "
              + manifest.path("schemaVersion").asInt(0)
              + " (manifest type '"
              + type
              + "')");
    }
    if (manifest.has("manifests")) {
      throw new IOException("rejecting ambiguous manifest: manifests in supposedly " + type);
    }
    return image(manifest, docker);
  }

  private ImageDescription image(JsonNode manifest, boolean docker) throws IOException {
    String configType = manifest.path("config").path("mediaType").asText();
    if (!docker && !configType.equals(OCI_CONFIG)) {
      throw new IOException(
          "unsupported image-specific operation on artifact with type \""
              + manifest.path("artifactType").asText(configType)
              + "\"");
    }
    JsonNode layers = manifest.path("layers");
    for (JsonNode layer : layers) {
      String type = layer.path("mediaType").asText();
      if (docker && !DOCKER_LAYERS.contains(type)) {
        throw new IOException("unsupported docker v2s2 media type: \"" + type + "\"");
      }
    }
    Digest digest = Digest.parse(manifest.path("config").path("digest").asText());
    byte[] bytes = documents.config(digest);
    Digest actual = digest.over(bytes);
    if (!actual.equals(digest)) {
      throw new IOException(
          "Download config.json digest " + actual + " does not match expected " + digest);
    }
    JsonNode config = parse(bytes);
    List<String> env = new ArrayList<>();
    config.path("config").path("Env").forEach(e -> env.add(e.asText()));
    return new ImageDescription(layers(layers, config.path("rootfs").path("diff_ids")), env);
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
