package io.gardencell.network;

import io.gardencell.api.GardenException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One lock per handle, for the threads of this process and for the other processes that work on the
 * same data directory: each handle has a byte of its own, far apart, in one file. Any thread; a
 * killed process's locks are given back by the operating system.
 */
final class HandleLocks {

  private final Path file;
  private final Duration timeout;
  private final Map<String, Entry> entries = new HashMap<>();
  private @Nullable FileChannel channel;

  HandleLocks(Path file, Duration timeout) {
    this.file = file;
    this.timeout = timeout;
  }

  /**
   * Runs the body while nobody else changes the handle.
   *
   * @throws GardenException if somebody else does so for longer than the timeout
   */
  <T> T locked(String handle, Supplier<T> body) {
    return within(handle, timeout, body).orElseThrow(() -> busy(handle));
  }

  /** Runs the body if nobody is changing the handle; empty if somebody is. */
  <T> Optional<T> unlessBusy(String handle, Supplier<T> body) {
    return within(handle, Duration.ZERO, body);
  }

  private <T> Optional<T> within(String handle, Duration patience, Supplier<T> body) {
    Entry entry = enter(handle);
    boolean locked = false;
    try {
      locked = entry.lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS);
      if (!locked) {
        return Optional.empty();
      }
      try (FileLock fileLock = lock(handle, patience)) {
        return fileLock == null ? Optional.empty() : Optional.of(body.get());
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw GardenException.failure("interrupted while waiting for " + handle, interrupted);
    } catch (IOException failed) {
      throw GardenException.failure("lock " + file + ": " + failed.getMessage(), failed);
    } finally {
      if (locked) {
        entry.lock.unlock();
      }
      leave(handle, entry);
    }
  }

  private GardenException busy(String handle) {
    return GardenException.failure(
        "the network of "
            + handle
            + " is being changed for more than "
            + timeout.toSeconds()
            + "s");
  }

  /** Null if another process has it for longer than that. */
  private @Nullable FileLock lock(String handle, Duration patience) throws IOException {
    FileChannel open;
    synchronized (this) {
      open = Objects.requireNonNull(channel, "opened on entering");
    }
    long position = position(handle);
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        FileLock lock = open.tryLock(position, 1, false);
        if (lock != null) {
          return lock;
        }
      } catch (OverlappingFileLockException otherInstance) {
        // another plugin of this process on the same directory: wait as for another process
      }
      if (System.nanoTime() - deadline > 0) {
        return null;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
    }
  }

  /** The file stays open while anybody is in: closing it would give back all locks of it. */
  private synchronized Entry enter(String handle) {
    try {
      if (channel == null) {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
          Files.createDirectories(parent);
        }
        channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      }
    } catch (IOException failed) {
      throw GardenException.failure("lock " + file + ": " + failed.getMessage(), failed);
    }
    Entry entry = entries.computeIfAbsent(handle, h -> new Entry());
    entry.users++;
    return entry;
  }

  private synchronized void leave(String handle, Entry entry) {
    if (--entry.users == 0) {
      entries.remove(handle);
    }
    FileChannel open = channel;
    if (entries.isEmpty() && open != null) {
      channel = null;
      try {
        open.close();
      } catch (IOException failed) {
        throw GardenException.failure("lock " + file + ": " + failed.getMessage(), failed);
      }
    }
  }

  /** Any byte between 0 and 2^62; two handles in the same one would merely wait for each other. */
  private static long position(String handle) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(handle.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(digest).getLong() >>> 2;
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }

  private static final class Entry {
    final ReentrantLock lock = new ReentrantLock();
    int users;
  }
}
