package io.gardencell.acceptance.bench;

import io.gardencell.acceptance.GardenDaemon;
import io.gardencell.api.ContainerSpec;
import io.gardencell.client.RemoteContainer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;

/** An archive of large and small files into a container, against {@code tar -x} of the same. */
final class StreamInBenchmark implements Benchmarks.Benchmark {

  private static final int MEBIBYTES =
      Integer.getInteger("gardencell.bench.stream-in.mebibytes", 512);

  private final GardenDaemon daemon;
  private final Path work;
  private final Path archive;
  private int count;

  StreamInBenchmark(GardenDaemon daemon) throws IOException {
    this.daemon = daemon;
    work = Files.createDirectories(daemon.dataDir().resolve("bench"));
    archive = work.resolve("in.tar");
  }

  private void prepare() throws IOException {
    if (Files.exists(archive)) {
      return;
    }
    Path source = Files.createDirectories(work.resolve("source"));
    byte[] block = new byte[1 << 20];
    new Random(1).nextBytes(block);
    for (int i = 0; i < MEBIBYTES / 8; i++) {
      try (var file = Files.newOutputStream(source.resolve("large-" + i))) {
        for (int j = 0; j < 7; j++) {
          file.write(block);
        }
      }
      for (int j = 0; j < 16; j++) {
        Files.write(source.resolve("small-" + i + "-" + j), new byte[1 << 16]);
      }
    }
    Shell.seconds(source, "tar", "cf", archive.toString(), ".");
    Shell.seconds(work, "rm", "-r", source.toString());
  }

  @Override
  public String name() {
    return "stream-in";
  }

  @Override
  public double ours() throws IOException {
    prepare();
    String handle = "in-" + count++;
    RemoteContainer container = daemon.client().create(ContainerSpec.ofHandle(handle));
    long begin = System.nanoTime();
    try (InputStream tar = new BufferedInputStream(Files.newInputStream(archive), 1 << 18)) {
      container.streamIn("C:\\bench", "", tar);
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    container.destroy();
    return Files.size(archive) / seconds / 1e6;
  }

  @Override
  public Optional<Double> yardstick() throws IOException {
    Path target = Files.createDirectories(work.resolve("target"));
    double seconds = Shell.seconds(target, "tar", "xf", archive.toString());
    Shell.seconds(work, "rm", "-r", target.toString());
    return Optional.of(Files.size(archive) / seconds / 1e6);
  }

  @Override
  public String describe(double ours, Optional<Double> yardstick) {
    return Benchmarks.compare("MB/s", ours, yardstick, "tar -x", 60) + ", or 500 MB/s";
  }
}
