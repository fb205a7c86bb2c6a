package io.gardencell.acceptance.win64;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One run of the daemon under Wine. Its output goes to the test's. */
final class WindowsDaemon implements AutoCloseable {

  private final Process process;
  private final Wire wire;

  private WindowsDaemon(Process process, Wire wire) {
    this.process = process;
    this.wire = wire;
  }

  /** Starts it and waits until it answers. */
  static WindowsDaemon start(Path launcher, int port) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(launcher.toString(), "--bind-port", Integer.toString(port))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .start();
    Wire wire = new Wire(port);
    long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
    while (!answers(wire)) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        process.destroyForcibly();
        throw new IOException("the daemon does not answer on port " + port);
      }
      process.waitFor(200, TimeUnit.MILLISECONDS);
    }
    return new WindowsDaemon(process, wire);
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  Wire wire() {
    return wire;
  }

  /** As a crash of the machine's memory would: no shutdown hook runs. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      kill();
    }
  }

  private static boolean answers(Wire wire) {
    try {
      return wire.get("/ping").status() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }
}
