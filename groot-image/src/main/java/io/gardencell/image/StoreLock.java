package io.gardencell.image;

import io.gardencell.api.GardenException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An exclusive lock between threads and processes: a file lock dies with its process. Not
 * re-entrant; may be closed by any thread.
 */
final class StoreLock implements AutoCloseable {

  private static final Map<Path, Semaphore> IN_PROCESS = new ConcurrentHashMap<>();

  private final Semaphore permit;
  private final FileChannel channel;

  private StoreLock(Semaphore permit, FileChannel channel) {
    this.permit = permit;
    this.channel = channel;
  }

  /** Waits for the lock, at most so long. */
  static StoreLock take(Path file, Duration timeout) {
    Path key = file.toAbsolutePath().normalize();
    Semaphore permit = IN_PROCESS.computeIfAbsent(key, k -> new Semaphore(1, true));
    long deadline = System.nanoTime() + timeout.toNanos();
    try {
      if (!permit.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        throw GardenException.failure("timed out waiting for lock " + file);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw GardenException.failure("interrupted waiting for lock " + file, e);
    }
    boolean taken = false;
    try {
      Files.createDirectories(key.getParent());
      StoreLock lock = new StoreLock(permit, lockedChannel(key, deadline));
      taken = true;
      return lock;
    } catch (IOException e) {
      throw GardenException.failure("error locking file: " + e.getMessage(), e);
    } finally {
      if (!taken) {
        permit.release();
      }
    }
  }

  private static FileChannel lockedChannel(Path file, long deadline) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      FileLock lock = channel.tryLock();
      while (lock == null) {
        if (System.nanoTime() > deadline) {
          throw GardenException.failure("timed out waiting for lock " + file);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        lock = channel.tryLock();
      }
      locked = true;
      return channel;
    } finally {
      if (!locked) {
        channel.close();
      }
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("error unlocking file", e);
    } finally {
      permit.release();
    }
  }
}
