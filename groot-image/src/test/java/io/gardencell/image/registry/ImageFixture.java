package io.gardencell.image.registry;

import io.gardencell.image.source.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Documents and blobs of an image; layers are any bytes, their digests are right. */
final class ImageFixture {

  static final String GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";

  /** A layer: its plain bytes and how it is stored. */
  record Layer(byte[] plain, byte[] stored, String mediaType, String urls) {
    static Layer gzip(byte[] plain) {
      return new Layer(plain, ImageFixture.gzip(plain), GZIP, "");
    }
  }

  private ImageFixture() {}

  static byte[] noise(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static byte[] config(List<Layer> layers) {
    List<String> diffIds =
        layers.stream().map(l -> '"' + Digest.sha256(l.plain()).toString() + '"').toList();
    return utf8(
        "{\"os\":\"windows\",\"config\":{\"Env\":[\"A=1\"]},\"rootfs\":{\"diff_ids\":"
            + diffIds
            + "}}");
  }

  static byte[] manifest(byte[] config, List<Layer> layers) {
    List<String> descriptors = new ArrayList<>();
    for (Layer layer : layers) {
      descriptors.add(descriptor(layer.mediaType(), layer.stored(), layer.urls()));
    }
    return utf8(
        "{\"schemaVersion\":2,\"config\":"
            + descriptor("application/vnd.oci.image.config.v1+json", config, "")
            + ",\"layers\":"
            + descriptors
            + "}");
  }

  static String descriptor(String type, byte[] bytes, String more) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d%s}"
        .formatted(type, Digest.sha256(bytes), bytes.length, more);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Puts the image {@code a/b:latest} into a registry. */
  static void publish(ScriptedRegistry registry, List<Layer> layers) {
    byte[] config = config(layers);
    registry.blob(config);
    layers.forEach(l -> registry.blob(l.stored()));
    byte[] manifest = manifest(config, layers);
    registry.manifest("latest", manifest, ScriptedRegistry.OCI_MANIFEST);
    registry.manifest(Digest.sha256(manifest).toString(), manifest, ScriptedRegistry.OCI_MANIFEST);
  }
}
