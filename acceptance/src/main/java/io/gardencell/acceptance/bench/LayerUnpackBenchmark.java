package io.gardencell.acceptance.bench;

import io.gardencell.api.spi.ImageRequest;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProvider;
import io.gardencell.image.GrootImage;
import io.gardencell.image.ImageConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
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
    OneLayerImage image = OneLayerImage.make(directory.resolve("big"), tar -> files(tar, bytes));
    Path layer = image.layer();
    String big = image.uri();
    String small =
        OneLayerImage.make(directory.resolve("small"), tar -> files(tar, 200 << 10)).uri();
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

  /** Files from 4 kB to 4 MB that gzip halves. */
  private static void files(TarArchiveOutputStream tar, long size) throws IOException {
    Random random = new Random(1);
    byte[] noise = new byte[4 << 20];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (byte) (random.nextInt(16) * 7);
    }
    OneLayerImage.directory(tar, "Files/");
    long written = 0;
    for (int n = 0; written < size; n++) {
      int length = (int) Math.min(size - written, 4096L << random.nextInt(11));
      OneLayerImage.file(
          tar, "Files/" + n + ".bin", noise, random.nextInt(noise.length - length + 1), length);
      written += length;
    }
  }

  private static void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
