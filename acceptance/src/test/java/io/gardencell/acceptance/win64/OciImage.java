package io.gardencell.acceptance.win64;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Writes a Windows image as an OCI layout: each layer a map of names to contents. */
final class OciImage {

  private static final String LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
  private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  private static final JsonMapper JSON = new JsonMapper();

  private final Path folder;

  private OciImage(Path folder) {
    this.folder = folder;
  }

  /** Base layer first; a name that ends in a slash is a directory. */
  static void write(Path folder, List<String> environment, List<Map<String, byte[]>> layers)
      throws IOException {
    new OciImage(folder).writeLayers(environment, layers);
  }

  private void writeLayers(List<String> environment, List<Map<String, byte[]>> layers)
      throws IOException {
    Files.createDirectories(folder.resolve("blobs").resolve("sha256"));
    List<String> diffIds = new ArrayList<>();
    List<Map<String, Object>> descriptors = new ArrayList<>();
    for (Map<String, byte[]> layer : layers) {
      byte[] tar = tar(layer);
      diffIds.add(digest(tar));
      descriptors.add(blob(LAYER, gzip(tar)));
    }
    Map<String, Object> config =
        blob(
            CONFIG,
            JSON.writeValueAsBytes(
                Map.of(
                    "architecture",
                    "amd64",
                    "os",
                    "windows",
                    "rootfs",
                    Map.of("type", "layers", "diff_ids", diffIds),
                    "config",
                    Map.of("Env", environment))));
    Map<String, Object> manifest =
        blob(
            MANIFEST,
            JSON.writeValueAsBytes(
                Map.of(
                    "schemaVersion",
                    2,
                    "mediaType",
                    MANIFEST,
                    "config",
                    config,
                    "layers",
                    descriptors)));
    JSON.writeValue(
        folder.resolve("index.json").toFile(),
        Map.of("schemaVersion", 2, "manifests", List.of(manifest)));
    JSON.writeValue(folder.resolve("oci-layout").toFile(), Map.of("imageLayoutVersion", "1.0.0"));
  }

  private Map<String, Object> blob(String mediaType, byte[] bytes) throws IOException {
    String digest = digest(bytes);
    Files.write(folder.resolve("blobs").resolve(digest.replace(':', '/')), bytes);
    return Map.of("mediaType", mediaType, "digest", digest, "size", bytes.length);
  }

  /** A tar archive of these entries. */
  static byte[] tar(Map<String, byte[]> entries) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> each : entries.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(each.getKey());
        entry.setSize(each.getValue().length);
        tar.putArchiveEntry(entry);
        tar.write(each.getValue());
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(bytes);
    }
    return zipped.toByteArray();
  }

  private static String digest(byte[] bytes) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return "sha256:" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
