package io.gardencell.runtime;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Writes a file so that a reader sees the old or the new content, also after a crash. */
public final class AtomicFile {

  /** On Windows a scanner may hold the target for a moment. */
  private static final int RENAMES = 10;

  private AtomicFile() {}

  /** Replaces a file, or makes it. */
  public static void write(Path file, String text) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      try (FileChannel channel = FileChannel.open(temporary, CREATE_NEW, WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      rename(temporary, file);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void rename(Path from, Path to) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        Files.move(from, to, ATOMIC_MOVE, REPLACE_EXISTING);
        return;
      } catch (AccessDeniedException held) {
        if (attempt == RENAMES) {
          throw held;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10L * attempt));
      }
    }
  }
}
