package io.gardencell.acceptance.bench;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProvider;
import io.gardencell.image.GrootImage;
import io.gardencell.image.ImageConfig;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * What a layer of very many entries costs: time, and the most memory. One with more than the
 * default limit must be refused and leave nothing; one with fewer must be unpacked. Every second
 * entry is a directory, since those stay in memory until the end.
 *
 * <pre>
 * java -Xmx256m -cp ... io.gardencell.acceptance.bench.ManyEntriesBenchmark [DIRECTORY [ENTRIES]]
 * </pre>
 *
 * <p>Ends with 1 if it came otherwise.
 */
public final class ManyEntriesBenchmark {

  private ManyEntriesBenchmark() {}

  /** Runs it. */
  public static void main(String[] arguments) throws Exception {
    Path directory =
        arguments.length > 0
            ? Files.createDirectories(Path.of(arguments[0]).toAbsolutePath())
            : Files.createTempDirectory("many-entries");
    int entries = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1_000_000;
    System.exit(run(directory, entries) ? 0 : 1);
  }

  private static boolean run(Path directory, int entries) throws Exception {
    ImageConfig config = ImageConfig.defaults(directory.resolve("data"));
    String uri = OneLayerImage.make(directory.resolve("image"), tar -> write(tar, entries)).uri();
    boolean wanted = entries <= config.limits().entries();
    long start = System.nanoTime();
    String outcome = "unpacked";
    try (Host host =
        HostProvider.named("emulated").open(new HostOptions(directory.resolve("data")))) {
      new GrootImage(host, config).pull(uri, "", "");
    } catch (GardenException e) {
      outcome = "refused: " + e.getMessage();
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    long left;
    try (Stream<Path> layers = Files.list(directory.resolve("data/groot/layers"))) {
      left = layers.count();
    }
    System.out.println(
        String.format(
            Locale.ROOT,
            "%d entries: %s; %d ms, heap at most %d MB, layers left: %d",
            entries,
            outcome,
            millis,
            peakHeap() >> 20,
            left));
    return outcome.equals("unpacked") == wanted && left == (wanted ? 1 : 0);
  }

  private static void write(TarArchiveOutputStream tar, int entries) throws IOException {
    OneLayerImage.directory(tar, "Files/");
    for (int i = 1; i < entries; i++) {
      String name = "Files/%d%s".formatted(i / 1000, i % 1000 == 0 ? "/" : "");
      if (i < 1000 || i % 1000 == 0) {
        OneLayerImage.directory(tar, i < 1000 ? "Files/first-" + i + "/" : name);
      } else if (i % 2 == 0) {
        OneLayerImage.directory(tar, name + "/directory-of-some-length-" + i + "/");
      } else {
        OneLayerImage.file(tar, name + "/file-of-some-length-" + i, new byte[0], 0, 0);
      }
    }
  }

  private static long peakHeap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(p -> p.getType() == MemoryType.HEAP)
        .map(MemoryPoolMXBean::getPeakUsage)
        .mapToLong(u -> u.getUsed())
        .sum();
  }
}
