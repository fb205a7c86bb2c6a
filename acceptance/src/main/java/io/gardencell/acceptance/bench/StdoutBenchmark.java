package io.gardencell.acceptance.bench;

import io.gardencell.acceptance.GardenDaemon;
import io.gardencell.api.ContainerSpec;
import io.gardencell.api.ProcessSpec;
import io.gardencell.client.RemoteContainer;
import io.gardencell.client.RemoteProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/** A process that writes as fast as it can to one client, against the same process and a pipe. */
final class StdoutBenchmark implements Benchmarks.Benchmark {

  private static final long BYTES = Long.getLong("gardencell.bench.stdout.mebibytes", 2048) << 20;
  private static final String COMMAND = "head -c " + BYTES + " /dev/zero";

  private final GardenDaemon daemon;
  private final byte[] buffer = new byte[1 << 18];
  private int count;

  StdoutBenchmark(GardenDaemon daemon) {
    this.daemon = daemon;
  }

  @Override
  public String name() {
    return "stdout";
  }

  @Override
  public double ours() throws IOException {
    String handle = "stdout-" + count++;
    RemoteContainer container = daemon.client().create(ContainerSpec.ofHandle(handle));
    long begin = System.nanoTime();
    long bytes = 0;
    try (RemoteProcess process = container.run(ProcessSpec.of("sh", "-c", COMMAND));
        InputStream stdout = process.stdout()) {
      for (int read = stdout.read(buffer); read >= 0; read = stdout.read(buffer)) {
        bytes += read;
      }
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    container.destroy();
    if (bytes != BYTES) {
      throw new IOException(bytes + " bytes arrived (expected: " + BYTES + ")");
    }
    return bytes / seconds / 1e6;
  }

  @Override
  public Optional<Double> yardstick() throws IOException {
    double seconds = Shell.seconds(Path.of("."), "sh", "-c", COMMAND + " | cat > /dev/null");
    return Optional.of(BYTES / seconds / 1e6);
  }

  @Override
  public String describe(double ours, Optional<Double> yardstick) {
    return Benchmarks.compare("MB/s", ours, yardstick, "process | cat", 60);
  }
}
