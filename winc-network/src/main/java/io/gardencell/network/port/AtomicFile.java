package io.gardencell.network.port;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Replaces files so that a reader, or we after a crash, see the old or the new one whole. */
public final class AtomicFile {

  private static final int ATTEMPTS = 10;

  private AtomicFile() {}

  /** Writes a text that must not be lost: it is on disk before the file has its name. */
  public static void write(Path file, String text) throws IOException {
    write(file, text, true);
  }

  /** Writes a text that may be lost with the machine. */
  static void writeUnforced(Path file, String text) throws IOException {
    write(file, text, false);
  }

  private static void write(Path file, String text, boolean force) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IOException(file + ": not a file");
    }
    Files.createDirectories(parent);
    Path fresh = Files.createTempFile(parent, file.getFileName() + "-", ".new");
    try {
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        if (force) {
          channel.force(true);
        }
      }
      move(fresh, file);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** Virus scanners hold fresh files open on Windows, for a moment. */
  private static void move(Path from, Path to) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return;
      } catch (AccessDeniedException heldOpen) {
        if (attempt == ATTEMPTS) {
          throw heldOpen;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(30));
      }
    }
  }
}
