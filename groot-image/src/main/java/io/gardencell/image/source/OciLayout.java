package io.gardencell.image.source;

import com.fasterxml.jackson.databind.JsonNode;
import io.gardencell.api.GardenException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An OCI image layout directory (Source: containers/image: oci/layout). */
public final class OciLayout implements ImageSource {

  private static final String REF_NAME = "org.opencontainers.image.ref.name";

  /** Opens layers that are not in the layout. */
  @FunctionalInterface
  public interface Elsewhere {
    /** The stored bytes; empty if there is no other place to look for them. */
    Optional<InputStream> open(LayerInfo layer) throws IOException;
  }

  private final Path directory;
  private final String image;
  private final Platform platform;
  private final Elsewhere elsewhere;

  /**
   * A layout.
   *
   * @param image name, {@code @index}, or empty for the only one
   */
  OciLayout(Path directory, String image, Platform platform, Elsewhere elsewhere) {
    this.directory = directory;
    this.image = image;
    this.platform = platform;
    this.elsewhere = elsewhere;
  }

  /** The image that {@code path[:image]} names. */
  public static OciLayout of(OciPath path, Platform platform, Elsewhere elsewhere) {
    return new OciLayout(Path.of(path.path()), path.image(), platform, elsewhere);
  }

  @Override
  public ImageDescription describe() throws IOException {
    JsonNode chosen;
    try {
      chosen = choose(index());
    } catch (IOException e) {
      throw new IOException(ManifestReader.CREATING_SOURCE + ": " + FileReasons.of("open", e), e);
    }
    ManifestReader reader =
        new ManifestReader(
            new ManifestReader.Documents() {
              @Override
              public byte[] manifest(Digest digest) throws IOException {
                return small(path(digest));
              }

              @Override
              public byte[] config(Digest digest) throws IOException {
                return small(path(digest));
              }
            },
            platform);
    return reader.read(
        manifest(chosen), chosen.path("mediaType").asText(ManifestReader.OCI_MANIFEST));
  }

  private JsonNode index() throws IOException {
    byte[] bytes = small(directory.resolve("index.json"));
    try {
      return ManifestReader.parse(bytes).path("manifests");
    } catch (IOException e) {
      boolean cut = "unexpected end of JSON input".equals(e.getMessage());
      throw cut ? new IOException("unexpected EOF", e) : e;
    }
  }

  private byte[] manifest(JsonNode chosen) throws IOException {
    try {
      Digest digest = Digest.parse(chosen.path("digest").asText());
      byte[] manifest = small(path(digest));
      if (!digest.over(manifest).equals(digest)) {
        throw new IOException("Manifest does not match provided manifest digest " + digest);
      }
      return manifest;
    } catch (IOException | GardenException e) {
      String reason = e instanceof IOException io ? FileReasons.of("open", io) : e.getMessage();
      throw new IOException(ManifestReader.CREATING + ": " + reason, e);
    }
  }

  private JsonNode choose(JsonNode manifests) throws IOException {
    if (image.startsWith("@")) {
      return byIndex(manifests);
    }
    if (image.isEmpty()) {
      if (manifests.size() != 1) {
        throw new IOException("more than one image in oci, choose an image");
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
      throw new IOException("Invalid source index " + image + ": not an integer", e);
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
    Path blob = path(Digest.parse(layer.blobId()));
    try {
      if (layer.size() >= 0 && Files.size(blob) != layer.size()) {
        throw new IOException("layer size is different from the value in the manifest");
      }
      return Files.newInputStream(blob);
    } catch (NoSuchFileException e) {
      return elsewhere.open(layer).orElseThrow(() -> new IOException(FileReasons.of("open", e), e));
    }
  }
}
