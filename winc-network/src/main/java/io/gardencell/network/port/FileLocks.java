package io.gardencell.network.port;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Locks that exclude other threads and other processes. A killed process's lock is given back by
 * the operating system. Any thread.
 */
final class FileLocks {

  private static final ConcurrentMap<Path, ReentrantLock> IN_PROCESS = new ConcurrentHashMap<>();

  private FileLocks() {}

  /** Something to do under a lock. */
  interface Body<T> {
    T run() throws IOException;
  }

  /** Runs the body while the file is locked; {@code open lock: ...} if it cannot be in time. */
  static <T> T locked(Path file, Duration timeout, Body<T> body) throws IOException {
    Path path = file.toAbsolutePath().normalize();
    ReentrantLock inProcess = IN_PROCESS.computeIfAbsent(path, p -> new ReentrantLock(true));
    long deadline = System.nanoTime() + timeout.toNanos();
    if (!tryLock(inProcess, timeout)) {
      throw new IOException("open lock: " + path + " is held for more than " + timeout);
    }
    try (FileChannel channel = open(path)) {
      try (FileLock lock = lock(channel, path, deadline)) {
        if (!lock.isValid()) {
          throw new IOException("error locking file: " + path);
        }
        return body.run();
      }
    } finally {
      inProcess.unlock();
    }
  }

  private static boolean tryLock(ReentrantLock lock, Duration timeout) throws IOException {
    try {
      return lock.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("open lock: interrupted", interrupted);
    }
  }

  private static FileChannel open(Path path) throws IOException {
    try {
      Path parent = path.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException failed) {
      throw new IOException("open lock: " + failed.getMessage(), failed);
    }
  }

  private static FileLock lock(FileChannel channel, Path path, long deadline) throws IOException {
    while (true) {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
      if (System.nanoTime() - deadline > 0) {
        throw new IOException("open lock: " + path + " is held by another process");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
    }
  }
}
