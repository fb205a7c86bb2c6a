package io.gardencell.acceptance;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** Writes an OCI image layout for Windows: gzipped layers, a configuration, a manifest. */
final class OciLayout {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;
  private final List<String> env;
  private final List<Map<String, Object>> layers = new ArrayList<>();
  private final List<String> diffIds = new ArrayList<>();

  OciLayout(Path directory, String... env) throws IOException {
    this.directory = directory;
    this.env = List.of(env);
    Files.createDirectories(directory.resolve("blobs/sha256"));
  }

  /** Adds a layer on top. */
  OciLayout layer(Tar tar) throws IOException {
    byte[] plain = tar.bytes();
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(plain);
    }
    diffIds.add("sha256:" + sha256(plain));
    layers.add(blob("application/vnd.oci.image.layer.v1.tar+gzip", packed.toByteArray()));
    return this;
  }

  /** Writes the rest and gives the image's URI. */
  String write() throws IOException {
    Map<String, Object> config =
        blob(
            "application/vnd.oci.image.config.v1+json",
            JSON.writeValueAsBytes(
                Map.of(
                    "architecture",
                    "amd64",
                    "os",
                    "windows",
                    "config",
                    Map.of("Env", env),
                    "rootfs",
                    Map.of("type", "layers", "diff_ids", diffIds))));
    Map<String, Object> manifest =
        blob(
            "application/vnd.oci.image.manifest.v1+json",
            JSON.writeValueAsBytes(Map.of("schemaVersion", 2, "config", config, "layers", layers)));
    Files.writeString(directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    Files.write(
        directory.resolve("index.json"),
        JSON.writeValueAsBytes(Map.of("schemaVersion", 2, "manifests", List.of(manifest))));
    return "oci://" + directory.toUri().getPath().replaceFirst("/$", "");
  }

  private Map<String, Object> blob(String mediaType, byte[] bytes) throws IOException {
    String digest = sha256(bytes);
    Files.write(directory.resolve("blobs/sha256").resolve(digest), bytes);
    return Map.of("mediaType", mediaType, "digest", "sha256:" + digest, "size", bytes.length);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }
}
