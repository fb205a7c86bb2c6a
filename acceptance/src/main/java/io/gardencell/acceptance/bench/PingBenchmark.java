package io.gardencell.acceptance.bench;

import io.gardencell.acceptance.GardenDaemon;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Requests for {@code /ping} on eight connections that stay open, against a server of Go's net/http
 * that answers the same, by the same client.
 */
final class PingBenchmark implements Benchmarks.Benchmark {

  private static final int CONNECTIONS = 8;
  private static final long NANOS =
      Long.getLong("gardencell.bench.ping.seconds", 3) * 1_000_000_000L;
  private static final byte[] REQUEST =
      "GET /ping HTTP/1.1\r\nHost: api\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final GardenDaemon daemon;

  PingBenchmark(GardenDaemon daemon) {
    this.daemon = daemon;
  }

  @Override
  public String name() {
    return "ping";
  }

  @Override
  public double ours() throws IOException {
    return requestsPerSecond(daemon.address());
  }

  /** The program is built by the script, where there is a Go compiler. */
  @Override
  public Optional<Double> yardstick() throws IOException {
    Path program = Path.of(System.getProperty("gardencell.bench.hello", "acceptance/target/hello"));
    if (!Files.isExecutable(program)) {
      return Optional.empty();
    }
    Process server = new ProcessBuilder(program.toString()).start();
    try (BufferedReader port =
        new BufferedReader(
            new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
      int number = Integer.parseInt(String.valueOf(port.readLine()));
      return Optional.of(requestsPerSecond(new InetSocketAddress("127.0.0.1", number)));
    } finally {
      server.destroy();
    }
  }

  private static double requestsPerSecond(InetSocketAddress address) throws IOException {
    ExecutorService clients = Executors.newFixedThreadPool(CONNECTIONS);
    try {
      long end = System.nanoTime() + NANOS;
      List<Future<Long>> counts = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        counts.add(clients.submit(() -> requests(address, end)));
      }
      long sum = 0;
      for (Future<Long> count : counts) {
        sum += count.get();
      }
      return sum / (NANOS / 1e9);
    } catch (InterruptedException | ExecutionException e) {
      throw new IOException("clients broke", e);
    } finally {
      clients.shutdownNow();
    }
  }

  private static long requests(InetSocketAddress address, long end) throws IOException {
    long count = 0;
    byte[] buffer = new byte[4096];
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      socket.setTcpNoDelay(true);
      InputStream in = socket.getInputStream();
      while (System.nanoTime() - end < 0) {
        socket.getOutputStream().write(REQUEST);
        int read = in.read(buffer);
        // The answer is short and written at once; the body is an empty object and a newline.
        while (read > 0 && buffer[read - 1] != '\n') {
          read += in.read(buffer, read, buffer.length - read);
        }
        if (read < 3 || buffer[read - 2] != '}') {
          throw new IOException(
              new String(buffer, 0, Math.max(0, read), StandardCharsets.US_ASCII));
        }
        count++;
      }
    }
    return count;
  }

  @Override
  public String describe(double ours, Optional<Double> yardstick) {
    return Benchmarks.compare("requests/s", ours, yardstick, "Go's net/http", 100)
        + (yardstick.isEmpty() ? " (goal: 40,000 on two cores)" : "");
  }
}
