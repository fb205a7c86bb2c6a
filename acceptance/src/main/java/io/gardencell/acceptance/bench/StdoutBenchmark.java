package io.gardencell.acceptance.bench;

import io.gardencell.acceptance.GardenDaemon;
import io.gardencell.api.ContainerSpec;
import io.gardencell.api.ProcessSpec;
import io.gardencell.client.RemoteContainer;
import io.gardencell.client.RemoteProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A process that writes as fast as it can to one client, against the same process and a pipe, and
 * against {@link PipeRelay}. The client is a blocking socket with a large direct buffer, the same
 * for ours and the relay, so that it is not what is measured; time counts from when it is there.
 */
final class StdoutBenchmark implements Benchmarks.Benchmark {

  private static final long BYTES = Long.getLong("gardencell.bench.stdout.mebibytes", 2048) << 20;
  private static final String COMMAND = "head -c " + BYTES + " /dev/zero";

  private final GardenDaemon daemon;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
  private final List<Double> relay = new ArrayList<>();
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
    double speed;
    try (RemoteProcess process = container.run(ProcessSpec.of("sh", "-c", COMMAND));
        SocketChannel stdout = SocketChannel.open(daemon.address())) {
      String request =
          "GET /containers/%s/processes/%s/attaches/%s/stdout HTTP/1.1\r\nHost: api\r\n\r\n"
              .formatted(handle, process.id(), process.streamId());
      stdout.write(StandardCharsets.US_ASCII.encode(request));
      skipHead(stdout);
      speed = readToEnd(stdout);
    }
    container.destroy();
    return speed;
  }

  private void skipHead(SocketChannel stdout) throws IOException {
    int newlines = 0;
    buffer.clear().limit(1);
    while (newlines < 2) {
      if (stdout.read(buffer) < 0) {
        throw new IOException("no output (expected: a header and raw bytes)");
      }
      byte read = buffer.get(0);
      newlines = read == '\n' ? newlines + 1 : read == '\r' ? newlines : 0;
      buffer.clear().limit(1);
    }
  }

  private double readToEnd(SocketChannel stdout) throws IOException {
    long begin = System.nanoTime();
    long bytes = 0;
    buffer.clear();
    for (int read = stdout.read(buffer); read >= 0; read = stdout.read(buffer)) {
      bytes += read;
      buffer.clear();
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (bytes != BYTES) {
      throw new IOException(bytes + " bytes arrived (expected: " + BYTES + ")");
    }
    return bytes / seconds / 1e6;
  }

  @Override
  public Optional<Double> yardstick() throws IOException {
    relay.add(relay());
    double seconds = Shell.seconds(Path.of("."), "sh", "-c", COMMAND + " | cat > /dev/null");
    return Optional.of(BYTES / seconds / 1e6);
  }

  private double relay() throws IOException {
    String java = ProcessHandle.current().info().command().orElse("java");
    String copying =
        "%s | '%s' -cp '%s' %s"
            .formatted(
                COMMAND, java, System.getProperty("java.class.path"), PipeRelay.class.getName());
    Process process = new ProcessBuilder("sh", "-c", copying).start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
      String line = out.readLine();
      if (line == null) {
        throw new IOException("the relay ended (expected: its port)");
      }
      int port = Integer.parseInt(line);
      InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      try (SocketChannel client = SocketChannel.open(address)) {
        return readToEnd(client);
      }
    } finally {
      process.destroy();
    }
  }

  @Override
  public String describe(double ours, Optional<Double> yardstick) {
    double simplest = Benchmarks.median(relay);
    return Benchmarks.compare("MB/s", ours, yardstick, "process | cat", 60)
        + String.format(
            Locale.ROOT,
            "; process | simplest relay to a socket: %,.0f MB/s, %.0f %% of it reached",
            simplest,
            100 * ours / simplest);
  }
}
