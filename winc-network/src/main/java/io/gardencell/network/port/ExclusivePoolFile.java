package io.gardencell.network.port;

import io.gardencell.api.files.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A pool file of our processes alone: a lock beside it, and every change replaces it whole. Any
 * thread.
 */
final class ExclusivePoolFile implements PoolFile {

  private final Path file;
  private final Duration lockTimeout;

  ExclusivePoolFile(Path file, Duration lockTimeout) {
    this.file = file;
    this.lockTimeout = lockTimeout;
  }

  @Override
  public <T> T locked(Body<T> body) throws IOException {
    return FileLocks.locked(lockFile(file), lockTimeout, () -> body.run(new Replaced()));
  }

  /** The lock of our own processes for a pool file. */
  static Path lockFile(Path file) {
    return file.resolveSibling(file.getFileName() + ".lock");
  }

  /** Writes the copy that {@link Content#setAside} promises. */
  static Path copyAside(Path file, String text, long millis) throws IOException {
    Path aside = file.resolveSibling(file.getFileName() + ".corrupt-" + millis);
    AtomicFile.write(aside, text);
    return aside;
  }

  private final class Replaced implements Content {

    @Override
    public String read() throws IOException {
      return Files.exists(file) ? Files.readString(file) : "";
    }

    @Override
    public void write(String text) throws IOException {
      AtomicFile.write(file, text);
    }

    @Override
    public Path setAside(String text, long millis) throws IOException {
      return copyAside(file, text, millis);
    }
  }
}
