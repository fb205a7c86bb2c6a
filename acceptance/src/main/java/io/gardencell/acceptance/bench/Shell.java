package io.gardencell.acceptance.bench;

import java.io.IOException;
import java.nio.file.Path;

/** Commands of the machine, as yardsticks. */
final class Shell {

  private Shell() {}

  /** How many seconds the command took; fails unless it ends with zero. */
  static double seconds(Path directory, String... command) throws IOException {
    long begin = System.nanoTime();
    Process process = new ProcessBuilder(command).directory(directory.toFile()).inheritIO().start();
    try {
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + ": exit " + process.exitValue());
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return (System.nanoTime() - begin) / 1e9;
  }
}
