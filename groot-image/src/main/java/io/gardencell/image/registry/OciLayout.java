package io.gardencell.image.registry;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An OCI image layout directory (Source: containers/image: oci/layout). */
final class OciLayout implements ImageSource {

  private static final String REF_NAME = "org.opencontainers.image.ref.name";

  private final Path directory;
  private final String image;
  private final Platform platform;

  /**
   * A layout.
   *
   * @param image name, {@code @index}, or empty for the only one
   */
  OciLayout(Path directory, String image, Platform platform) {
    this.directory = directory;
    this.image = image;
    this.platform = platform;
  }

  @Override
  public ImageDescription describe() throws IOException {
    JsonNode index = ManifestReader.parse(small(directory.resolve("index.json")));
    JsonNode chosen = choose(index.path("manifests"));
    Digest digest = Digest.parse(chosen.path("digest").asText());
    byte[] manifest = small(path(digest));
    if (!digest.over(manifest).equals(digest)) {
      throw new IOException("Manifest does not match provided manifest digest " + digest);
    }
    ManifestReader reader =
        new ManifestReader(
            new ManifestReader.Documents() {
              @Override
              public byte[] manifest(Digest d) throws IOException {
                return small(path(d));
              }

              @Override
              public byte[] config(Digest d) throws IOException {
                return small(path(d));
              }
            },
            platform);
    return reader.read(manifest, chosen.path("mediaType").asText(ManifestReader.OCI_MANIFEST));
  }

  private JsonNode choose(JsonNode manifests) throws IOException {
    if (image.startsWith("@")) {
      return byIndex(manifests);
    }
    if (image.isEmpty()) {
      if (manifests.size() != 1) {
        throw new IOException(
            manifests.isEmpty()
                ? "no image in oci layout " + directory
                : "more than one image in oci, choose an image");
      }
      return manifests.get(0);
    }
    List<String> unsupported = new ArrayList<>();
    for (JsonNode entry : manifests) {
      if (entry.path("annotations").path(REF_NAME).asText("").equals(image)) {
        String type = entry.path("mediaType").asText();
        if (List.of(
                ManifestReader.OCI_MANIFEST,
                ManifestReader.OCI_INDEX,
                ManifestReader.DOCKER_MANIFEST,
                ManifestReader.DOCKER_LIST)
            .contains(type)) {
          return entry;
        }
        unsupported.add('"' + type + '"');
      }
    }
    throw new IOException(
        unsupported.isEmpty()
            ? "no descriptor found for reference \"" + image + "\""
            : "reference \"" + image + "\" matches unsupported manifest MIME types " + unsupported);
  }

  private JsonNode byIndex(JsonNode manifests) throws IOException {
    int n;
    try {
      n = Integer.parseInt(image.substring(1));
    } catch (NumberFormatException e) {
      throw new IOException(
          "parsing url failed: Invalid source index " + image + ": not an integer", e);
    }
    if (n < 0 || n >= manifests.size()) {
      throw new IOException(
          "index " + n + " is too large, only " + manifests.size() + " entries available");
    }
    return manifests.get(n);
  }

  private Path path(Digest digest) {
    return directory.resolve("blobs").resolve(digest.algorithm()).resolve(digest.hex());
  }

  static byte[] small(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(ManifestReader.MAX_BYTES + 1);
      if (bytes.length > ManifestReader.MAX_BYTES) {
        throw new IOException("exceeded maximum allowed size of 4194304 bytes: " + file);
      }
      return bytes;
    }
  }

  @Override
  public InputStream open(LayerInfo layer) throws IOException {
    return Files.newInputStream(path(Digest.parse(layer.blobId())));
  }
}
