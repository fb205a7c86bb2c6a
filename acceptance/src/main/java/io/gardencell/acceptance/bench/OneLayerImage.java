package io.gardencell.acceptance.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * An OCI layout with one layer, however large, written as it is made.
 *
 * @param directory the layout
 * @param layer the stored layer, a gzipped tar
 */
record OneLayerImage(Path directory, Path layer) {

  private static final String TYPE = "{\"mediaType\":\"application/vnd.oci.image.";

  /** Writes the entries. */
  @FunctionalInterface
  interface Contents {
    void write(TarArchiveOutputStream tar) throws IOException;
  }

  static OneLayerImage make(Path directory, Contents contents) throws IOException {
    Path blobs = Files.createDirectories(directory.resolve("blobs/sha256"));
    Path layer = Files.createTempFile(blobs, "layer", "");
    MessageDigest stored = sha256();
    MessageDigest plain = sha256();
    try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(layer), 1 << 16);
        OutputStream gzip = new FastGzip(new DigestOutputStream(file, stored));
        TarArchiveOutputStream tar =
            new TarArchiveOutputStream(new DigestOutputStream(gzip, plain), "UTF-8")) {
      contents.write(tar);
    }
    String digest = HexFormat.of().formatHex(stored.digest());
    Path blob = Files.move(layer, blobs.resolve(digest), StandardCopyOption.REPLACE_EXISTING);
    String config =
        write(
            blobs,
            "{\"os\":\"windows\",\"rootfs\":{\"diff_ids\":[\"sha256:"
                + HexFormat.of().formatHex(plain.digest())
                + "\"]}}");
    String manifest =
        write(
            blobs,
            ("{\"schemaVersion\":2,\"config\":"
                    + (TYPE + "config.v1+json\",\"digest\":\"sha256:%s\"},\"layers\":[")
                    + (TYPE + "layer.v1.tar+gzip\",\"digest\":\"sha256:%s\",\"size\":%d}]}"))
                .formatted(config, digest, Files.size(blob)));
    Files.writeString(
        directory.resolve("index.json"),
        "{\"manifests\":[" + TYPE + "manifest.v1+json\",\"digest\":\"sha256:" + manifest + "\"}]}");
    return new OneLayerImage(directory, blob);
  }

  String uri() {
    return "oci://" + directory;
  }

  static void directory(TarArchiveOutputStream tar, String name) throws IOException {
    tar.putArchiveEntry(new TarArchiveEntry(name));
    tar.closeArchiveEntry();
  }

  static void file(TarArchiveOutputStream tar, String name, byte[] from, int offset, int length)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(length);
    tar.putArchiveEntry(entry);
    tar.write(from, offset, length);
    tar.closeArchiveEntry();
  }

  private static String write(Path blobs, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    String name = HexFormat.of().formatHex(sha256().digest(bytes));
    Files.write(blobs.resolve(name), bytes);
    return name;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The quickest level: making the file is no part of a measurement. */
  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(OutputStream out) throws IOException {
      super(out, 1 << 16);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
