package io.gardencell.network.port;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * A pool file that winc-network.exe changes as well: besides our own lock it takes the reference's
 * lock on the file itself (LockFileEx over the same range) and writes in place, since the file
 * cannot be replaced while the reference has it open. A forced copy of the new text lies beside it
 * meanwhile, and is used when a crash left the file itself unreadable. Any thread.
 */
final class SharedPoolFile implements PoolFile {

  /** The range that the reference locks (winc: lib/filelock; length 0x7FFFFFFF, 0x7FFFFFFF). */
  private static final long RANGE = 0x7FFF_FFFF_7FFF_FFFFL;

  private final Path file;
  private final Path copy;
  private final Duration lockTimeout;
  private final Predicate<String> isReadable;

  /**
   * A shared file.
   *
   * @param isReadable whether a text is a pool
   */
  SharedPoolFile(Path file, Duration lockTimeout, Predicate<String> isReadable) {
    this.file = file;
    this.copy = file.resolveSibling(file.getFileName() + ".new");
    this.lockTimeout = lockTimeout;
    this.isReadable = isReadable;
  }

  @Override
  public <T> T locked(Body<T> body) throws IOException {
    return FileLocks.locked(
        ExclusivePoolFile.lockFile(file),
        lockTimeout,
        () -> {
          try (FileChannel channel = open();
              FileLock lock = lock(channel)) {
            if (!lock.isValid()) {
              throw new IOException("error locking file: " + file);
            }
            return body.run(new InPlace(channel));
          }
        });
  }

  private FileChannel open() throws IOException {
    try {
      return FileChannel.open(
          file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (IOException failed) {
      throw new IOException("open lock: " + failed.getMessage(), failed);
    }
  }

  private FileLock lock(FileChannel channel) throws IOException {
    long deadline = System.nanoTime() + lockTimeout.toNanos();
    while (true) {
      try {
        FileLock lock = channel.tryLock(0, RANGE, false);
        if (lock != null) {
          return lock;
        }
      } catch (OverlappingFileLockException heldInThisProcess) {
        // by somebody who does not use our lock: wait as for another process
      }
      if (System.nanoTime() - deadline > 0) {
        throw new IOException("open lock: " + file + " is held by another process");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
    }
  }

  /** Reads and writes through the one channel: on Windows the lock keeps out any other. */
  private final class InPlace implements Content {

    private final FileChannel channel;

    InPlace(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public String read() throws IOException {
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size()));
      while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) >= 0) {
        // until the end
      }
      String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
      if (isReadable.test(text) || !Files.exists(copy)) {
        return text;
      }
      String saved = Files.readString(copy);
      return isReadable.test(saved) ? saved : text;
    }

    @Override
    public void write(String text) throws IOException {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      try (FileChannel saved =
          FileChannel.open(
              copy,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        writeAll(saved, bytes);
      }
      writeAll(channel, bytes);
      channel.truncate(bytes.length);
      channel.force(true);
      Files.deleteIfExists(copy);
    }

    private static void writeAll(FileChannel to, byte[] bytes) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        to.write(buffer, buffer.position());
      }
      to.force(true);
    }

    @Override
    public Path setAside(String text, long millis) throws IOException {
      return ExclusivePoolFile.copyAside(file, text, millis);
    }
  }
}
