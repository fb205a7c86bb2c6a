package io.gardencell.acceptance.bench;

import io.gardencell.api.spi.ImageRequest;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProvider;
import io.gardencell.image.GrootImage;
import io.gardencell.image.ImageConfig;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * How fast a layer is unpacked, against {@code gzip -dc | tar -x} on the same file in the same run;
 * and how long a create takes whose layers are there. Start it with a small {@code -Xmx}, since
 * memory must not grow with the layer:
 *
 * <pre>
 * java -Xmx64m -cp ... io.gardencell.acceptance.bench.LayerUnpackBenchmark [DIRECTORY [MEGABYTES]]
 * </pre>
 *
 * <p>Ends with 1 if it was slower than 70 % or a create took 50 ms or more.
 */
public final class LayerUnpackBenchmark {

  private static final int ROUNDS = 3;
  private static final double WANTED = 0.7;
  private static final long WANTED_CREATE_MILLIS = 50;

  private final Path directory;
  private final long bytes;

  private LayerUnpackBenchmark(Path directory, long bytes) {
    this.directory = directory;
    this.bytes = bytes;
  }

  /** Runs it. */
  public static void main(String[] arguments) throws Exception {
    Path directory =
        arguments.length > 0
            ? Files.createDirectories(Path.of(arguments[0]).toAbsolutePath())
            : Files.createTempDirectory("layer-unpack");
    long megabytes = arguments.length > 1 ? Long.parseLong(arguments[1]) : 1024;
    System.exit(new LayerUnpackBenchmark(directory, megabytes << 20).run() ? 0 : 1);
  }

  private boolean run() throws Exception {
    Path layer = directory.resolve("layer.tar.gz");
    String big = image("big", layer, bytes);
    String small = image("small", directory.resolve("small.tar.gz"), 200 << 10);
    double best = 0;
    for (int round = 1; round <= ROUNDS; round++) {
      double tools = megabytesASecond(() -> gzipAndTar(layer));
      double ours = megabytesASecond(() -> pull(big));
      best = Math.max(best, ours / tools);
      say(
          "round %d: gzip|tar %.0f MB/s, groot %.0f MB/s, %.0f %%",
          round, tools, ours, 100 * ours / tools);
    }
    long create = secondCreateMillis(small);
    say(
        "best %.0f %% (wanted: >= %.0f %%), second create %d ms (wanted: < %d ms), heap %d MB of %d"
            + " MB",
        100 * best,
        100 * WANTED,
        create,
        WANTED_CREATE_MILLIS,
        (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) >> 20,
        Runtime.getRuntime().maxMemory() >> 20);
    return best >= WANTED && create < WANTED_CREATE_MILLIS;
  }

  private interface Work {
    void run() throws Exception;
  }

  private double megabytesASecond(Work work) throws Exception {
    long start = System.nanoTime();
    work.run();
    return bytes / 1048576.0 / ((System.nanoTime() - start) / 1e9);
  }

  private void gzipAndTar(Path layer) throws Exception {
    Path into = Files.createDirectories(directory.resolve("tools"));
    Process process =
        new ProcessBuilder(
                "sh", "-c", "gzip -dc \"$0\" | tar -x -C \"$1\"", layer.toString(), into.toString())
            .inheritIO()
            .start();
    if (!process.waitFor(30, TimeUnit.MINUTES) || process.exitValue() != 0) {
      throw new IOException("gzip | tar failed: " + process);
    }
    remove(into);
  }

  private void pull(String uri) throws Exception {
    Path data = Files.createDirectories(directory.resolve("data"));
    try (Host host = HostProvider.named("emulated").open(new HostOptions(data))) {
      new GrootImage(host, ImageConfig.defaults(data)).pull(uri, "", "");
    }
    remove(data);
  }

  /** The middle one of nine, each with a handle of its own, after a first that made the layers. */
  private long secondCreateMillis(String uri) throws Exception {
    Path data = Files.createDirectories(directory.resolve("cached"));
    long[] nanos = new long[9];
    try (Host host = HostProvider.named("emulated").open(new HostOptions(data))) {
      GrootImage groot = new GrootImage(host, ImageConfig.defaults(data));
      groot.create(new ImageRequest("first", uri, "", "", 0, false));
      for (int i = 0; i < nanos.length; i++) {
        long start = System.nanoTime();
        groot.create(new ImageRequest("next-" + i, uri, "", "", 0, false));
        nanos[i] = System.nanoTime() - start;
      }
    }
    remove(data);
    java.util.Arrays.sort(nanos);
    return TimeUnit.NANOSECONDS.toMillis(nanos[nanos.length / 2]);
  }

  private static void remove(Path tree) throws Exception {
    if (new ProcessBuilder("rm", "-rf", tree.toString()).start().waitFor() != 0) {
      throw new IOException("not removed: " + tree);
    }
  }

  /** An OCI layout with one layer of files from 4 kB to 4 MB that gzip halves. */
  private String image(String name, Path layer, long size) throws Exception {
    MessageDigest stored = MessageDigest.getInstance("SHA-256");
    MessageDigest plain = MessageDigest.getInstance("SHA-256");
    try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(layer), 1 << 16);
        OutputStream gzip = new FastGzip(new DigestOutputStream(file, stored));
        TarArchiveOutputStream tar =
            new TarArchiveOutputStream(new DigestOutputStream(gzip, plain), "UTF-8")) {
      Random random = new Random(1);
      byte[] noise = new byte[4 << 20];
      for (int i = 0; i < noise.length; i++) {
        noise[i] = (byte) (random.nextInt(16) * 7);
      }
      TarArchiveEntry top = new TarArchiveEntry("Files/");
      tar.putArchiveEntry(top);
      tar.closeArchiveEntry();
      long written = 0;
      for (int n = 0; written < size; n++) {
        int length = (int) Math.min(size - written, 4096L << random.nextInt(11));
        TarArchiveEntry entry = new TarArchiveEntry("Files/" + n + ".bin");
        entry.setSize(length);
        tar.putArchiveEntry(entry);
        tar.write(noise, random.nextInt(noise.length - length + 1), length);
        tar.closeArchiveEntry();
        written += length;
      }
    }
    return layout(name, layer, hex(stored), hex(plain));
  }

  private String layout(String name, Path layer, String stored, String plain) throws Exception {
    Path image = directory.resolve(name);
    Path blobs = Files.createDirectories(image.resolve("blobs/sha256"));
    Path blob = blobs.resolve(stored);
    Files.deleteIfExists(blob);
    Files.createLink(blob, layer);
    String config =
        write(blobs, "{\"os\":\"windows\",\"rootfs\":{\"diff_ids\":[\"sha256:" + plain + "\"]}}");
    String manifest =
        write(
            blobs,
            "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\"sha256:%s\"},\"layers\":[{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"sha256:%s\",\"size\":%d}]}"
                .formatted(config, stored, Files.size(layer)));
    Files.writeString(
        image.resolve("index.json"),
        "{\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"sha256:"
            + manifest
            + "\"}]}");
    return "oci://" + image;
  }

  private static String write(Path blobs, String text) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(bytes);
    String name = hex(digest);
    Files.write(blobs.resolve(name), bytes);
    return name;
  }

  private static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }

  /** The quickest level: making the file is no part of the measurement. */
  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(OutputStream out) throws IOException {
      super(out, 1 << 16);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
