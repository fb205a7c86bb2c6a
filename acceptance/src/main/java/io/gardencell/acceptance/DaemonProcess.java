package io.gardencell.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The packaged daemon as a process; its output goes to a file beside its data. {@code
 * -Dgardencell.daemon.options} are options of its JVM: tests, which start many that live for
 * seconds, want a quick start, benchmarks what a cell runs.
 */
final class DaemonProcess implements RunningDaemon {

  private static final Duration START = Duration.ofSeconds(90);
  private static final Duration END = Duration.ofSeconds(60);
  private static final Pattern STARTED =
      Pattern.compile("guardian\\.started.*addr\"?[=:]\"?[0-9.]+:([0-9]+)");

  private final Process process;
  private final Path output;
  private final int port;

  private DaemonProcess(Process process, Path output, int port) {
    this.process = process;
    this.output = output;
    this.port = port;
  }

  static DaemonProcess start(Path dataDir, List<String> flags) throws IOException {
    Path output = dataDir.resolve("daemon.log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    String options = System.getProperty("gardencell.daemon.options", "");
    if (!options.isBlank()) {
      command.addAll(List.of(options.strip().split("\\s+")));
    }
    command.addAll(List.of("-jar", jar().toString()));
    command.addAll(flags);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean started = false;
    try {
      process.getOutputStream().close();
      int port = awaitPort(process, output);
      started = true;
      return new DaemonProcess(process, output, port);
    } finally {
      if (!started) {
        process.destroyForcibly();
      }
    }
  }

  /** {@code garden-server/target/garden-server.jar} of this tree; {@code mvn package} makes it. */
  static Path jar() throws IOException {
    Path root = Path.of(System.getProperty("gardencell.root", "")).toAbsolutePath();
    while (root != null) {
      Path jar = root.resolve("garden-server/target/garden-server.jar");
      if (Files.isRegularFile(jar)) {
        return jar;
      }
      root = root.getParent();
    }
    throw new IOException("no garden-server/target/garden-server.jar here or above; mvn package");
  }

  private static int awaitPort(Process process, Path output) throws IOException {
    long end = System.nanoTime() + START.toNanos();
    while (true) {
      boolean ended = waitFor(process, Duration.ofMillis(50));
      String text = Files.readString(output);
      Matcher started = STARTED.matcher(text);
      if (started.find()) {
        return Integer.parseInt(started.group(1));
      }
      if (ended || System.nanoTime() > end) {
        throw new IOException(
            (ended ? "daemon ended with " + process.exitValue() : "daemon not ready in " + START)
                + ":\n"
                + text);
      }
    }
  }

  private static boolean waitFor(Process process, Duration bound) throws IOException {
    try {
      return process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the daemon", e);
    }
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public String log() throws IOException {
    return Files.readString(output);
  }

  @Override
  public void end(boolean atOnce) throws IOException {
    if (atOnce) {
      process.destroyForcibly();
    } else {
      process.destroy();
    }
    if (!waitFor(process, END)) {
      process.destroyForcibly();
      throw new IOException("daemon did not end within " + END + ":\n" + log());
    }
  }
}
