package io.gardencell.image;

import io.gardencell.image.source.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** An image of any layers in an OCI layout, with the digests that it should have. */
public final class TestImage {

  private final Path directory;
  private final List<String> layers = new ArrayList<>();
  private final List<String> diffIds = new ArrayList<>();
  private final List<String> chainIds = new ArrayList<>();
  private List<String> env = List.of();

  public TestImage(Path directory) {
    this.directory = directory;
  }

  public TestImage env(String... variables) {
    env = List.of(variables);
    return this;
  }

  public TestImage layer(byte[] tar) {
    return layer(tar, blob("layer.v1.tar+gzip", gzip(tar)));
  }

  /** A layer that the layout does not have, but some address. */
  public TestImage foreignLayer(byte[] tar, String url) {
    String descriptor = descriptor("layer.nondistributable.v1.tar+gzip", gzip(tar));
    return layer(
        tar, descriptor.substring(0, descriptor.length() - 1) + ",\"urls\":[\"" + url + "\"]}");
  }

  private TestImage layer(byte[] tar, String descriptor) {
    String diff = hex(tar);
    layers.add(descriptor);
    diffIds.add("\"sha256:" + diff + "\"");
    int below = chainIds.size() - 1;
    String chain = below < 0 ? diff : hex(utf8(chainIds.get(below) + " " + diff));
    chainIds.add(chain);
    return this;
  }

  /** Names of the layer folders, base first. */
  public List<String> chainIds() {
    return List.copyOf(chainIds);
  }

  /** Finishes it; the URI. */
  public String uri() {
    List<String> quoted = env.stream().map(e -> '"' + e.replace("\\", "\\\\") + '"').toList();
    String config =
        "{\"os\":\"windows\",\"config\":{\"Env\":%s},\"rootfs\":{\"diff_ids\":%s}}"
            .formatted(quoted, diffIds);
    String manifest =
        "{\"schemaVersion\":2,\"config\":%s,\"layers\":%s}"
            .formatted(blob("config.v1+json", utf8(config)), layers);
    write(
        directory.resolve("index.json"),
        utf8("{\"manifests\":[" + blob("manifest.v1+json", utf8(manifest)) + "]}"));
    return "oci://" + directory;
  }

  /** Where the bytes of a digest are. */
  public Path blob(byte[] bytes) {
    return directory.resolve("blobs/sha256").resolve(hex(bytes));
  }

  private String blob(String type, byte[] bytes) {
    write(blob(bytes), bytes);
    return descriptor(type, bytes);
  }

  private static String descriptor(String type, byte[] bytes) {
    return "{\"mediaType\":\"application/vnd.oci.image.%s\",\"digest\":\"sha256:%s\",\"size\":%d}"
        .formatted(type, hex(bytes), bytes.length);
  }

  private static void write(Path file, byte[] bytes) {
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  public static String hex(byte[] bytes) {
    return Digest.sha256(bytes).hex();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
