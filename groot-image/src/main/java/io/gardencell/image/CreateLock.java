package io.gardencell.image;

import io.gardencell.api.GardenException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The lock under which volumes are mounted: all of one file, as {@code groot.exe} locks it, so that
 * both can work on a host (Source: groot-windows: driver/bundle.go). Windows fails when two mount
 * at once.
 */
final class CreateLock implements AutoCloseable {

  private static final Semaphore IN_PROCESS = new Semaphore(1, true);
  private static final Duration POLL = Duration.ofMillis(10);

  private final @Nullable FileChannel channel;

  private CreateLock(@Nullable FileChannel channel) {
    this.channel = channel;
  }

  /** Waits for the lock, at most so long; without a file there is nothing to wait for. */
  static CreateLock take(String file, Duration timeout) {
    if (file.isEmpty()) {
      return new CreateLock(null);
    }
    long deadline = System.nanoTime() + timeout.toNanos();
    boolean locked = false;
    try {
      if (!IN_PROCESS.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        throw GardenException.failure("timed out waiting for lock " + file);
      }
      try {
        CreateLock lock = new CreateLock(lockedChannel(Path.of(file), deadline));
        locked = true;
        return lock;
      } finally {
        if (!locked) {
          IN_PROCESS.release();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw GardenException.failure("interrupted waiting for lock " + file, e);
    } catch (IOException e) {
      throw GardenException.failure("error locking file: " + e.getMessage(), e);
    }
  }

  private static FileChannel lockedChannel(Path file, long deadline) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean locked = false;
    try {
      while (!locked) {
        locked = tryLock(channel) != null;
        if (!locked && System.nanoTime() - deadline > 0) {
          throw GardenException.failure("timed out waiting for lock " + file);
        }
        if (!locked) {
          LockSupport.parkNanos(POLL.toNanos());
        }
      }
      return channel;
    } finally {
      if (!locked) {
        channel.close();
      }
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // another class loader of this process
    }
  }

  @Override
  public void close() {
    FileChannel open = channel;
    if (open == null) {
      return;
    }
    try {
      open.close();
    } catch (IOException e) {
      throw GardenException.failure("error unlocking file: " + e.getMessage(), e);
    } finally {
      IN_PROCESS.release();
    }
  }
}
