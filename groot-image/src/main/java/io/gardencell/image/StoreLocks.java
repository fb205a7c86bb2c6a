package io.gardencell.image;

import io.gardencell.api.GardenException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Named locks between threads and processes, all in one file: each name locks one byte of it, far
 * out, chosen by its digest. So locks leave no files behind, and a lock dies with its process.
 *
 * <p>One instance per file and process, since POSIX drops all of a process's locks on a file when
 * any of its descriptors is closed; the file is open while a lock is held. Any thread; a lock may
 * be released by another thread than took it.
 */
final class StoreLocks {

  private static final Map<Path, StoreLocks> OPEN = new HashMap<>();
  private static final long POLL_MILLIS = 10;

  private final Path file;
  private final Set<String> held = new HashSet<>();
  private int users;
  private @Nullable FileChannel channel;

  private StoreLocks(Path file) {
    this.file = file;
  }

  /** A lock that is held until closed. */
  static final class Held implements AutoCloseable {

    private final StoreLocks locks;
    private final String name;
    private final FileLock lock;

    private Held(StoreLocks locks, String name, FileLock lock) {
      this.locks = locks;
      this.name = name;
      this.lock = lock;
    }

    @Override
    public void close() {
      locks.release(name, lock);
    }
  }

  /** Waits for the lock of a name, at most so long. */
  static Held take(Path file, String name, Duration timeout) {
    return tryTake(file, name, timeout)
        .orElseThrow(
            () -> GardenException.failure("timed out waiting for lock " + name + " of " + file));
  }

  /** The lock of a name; empty if others held it all the time. */
  static Optional<Held> tryTake(Path file, String name, Duration timeout) {
    StoreLocks locks = enter(file.toAbsolutePath().normalize());
    boolean taken = false;
    try {
      Optional<Held> held = locks.poll(name, System.nanoTime() + timeout.toNanos());
      taken = held.isPresent();
      return held;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw GardenException.failure("interrupted waiting for lock " + name + " of " + file, e);
    } catch (IOException e) {
      throw GardenException.failure("error locking file: " + e.getMessage(), e);
    } finally {
      if (!taken) {
        locks.leave();
      }
    }
  }

  private static StoreLocks enter(Path file) {
    synchronized (OPEN) {
      StoreLocks locks = OPEN.computeIfAbsent(file, StoreLocks::new);
      locks.users++;
      return locks;
    }
  }

  private void leave() {
    synchronized (OPEN) {
      users--;
      if (users > 0) {
        return;
      }
      OPEN.remove(file);
      FileChannel open = channel;
      channel = null;
      if (open != null) {
        try {
          open.close();
        } catch (IOException e) {
          throw GardenException.failure("error unlocking file: " + e.getMessage(), e);
        }
      }
    }
  }

  private synchronized Optional<Held> poll(String name, long deadline)
      throws IOException, InterruptedException {
    long position = position(name);
    while (true) {
      if (!held.contains(name)) {
        FileLock lock = channel().tryLock(position, 1, false);
        if (lock != null) {
          held.add(name);
          return Optional.of(new Held(this, name, lock));
        }
      }
      if (System.nanoTime() - deadline >= 0) {
        return Optional.empty();
      }
      wait(POLL_MILLIS);
    }
  }

  private FileChannel channel() throws IOException {
    synchronized (OPEN) {
      FileChannel open = channel;
      if (open == null) {
        Files.createDirectories(file.getParent());
        open = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        channel = open;
      }
      return open;
    }
  }

  private void release(String name, FileLock lock) {
    try {
      synchronized (this) {
        if (!held.remove(name)) {
          return;
        }
        lock.release();
        notifyAll();
      }
    } catch (IOException e) {
      throw GardenException.failure("error unlocking file: " + e.getMessage(), e);
    }
    leave();
  }

  /** Far from the start, below 2^62; equal for equal names only. */
  private static long position(String name) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(digest).getLong() & (Long.MAX_VALUE >> 1);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-2", e);
    }
  }
}
