package io.gardencell.api.files;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Replaces files so that a reader, or we after a crash, see the old or the new content whole. Any
 * thread and any process; of two writers at once the last one's content stays. Missing directories
 * are made. A write that fails leaves the old content, and no file of its own.
 */
public final class AtomicFile {

  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  private static final Pattern LEFTOVER = Pattern.compile("[0-9a-f-]{36}\\.new");
  private static final int RENAMES = 10;
  private static final long RENAME_PAUSE = TimeUnit.MILLISECONDS.toNanos(20);

  private AtomicFile() {}

  /** Writes what must not be lost: when this returns, a loss of power leaves it. */
  public static void write(Path file, byte[] content) throws IOException {
    replace(file, content, true);
  }

  /**
   * Writes a text, in UTF-8, that must not be lost: when this returns, a loss of power leaves it.
   */
  public static void write(Path file, String text) throws IOException {
    replace(file, text.getBytes(StandardCharsets.UTF_8), true);
  }

  /** Writes a text, in UTF-8, that may be lost with the machine's power. */
  public static void writeUnforced(Path file, String text) throws IOException {
    replace(file, text.getBytes(StandardCharsets.UTF_8), false);
  }

  /**
   * Removes what writers of a file that were killed left beside it. Nobody may be writing it
   * meanwhile.
   */
  public static void removeLeftovers(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      return;
    }
    String prefix = file.getFileName() + ".";
    try (Stream<Path> beside = Files.list(directory)) {
      for (Path found : beside.toList()) {
        String name = String.valueOf(found.getFileName());
        if (name.startsWith(prefix)
            && LEFTOVER.matcher(name.substring(prefix.length())).matches()) {
          Files.deleteIfExists(found);
        }
      }
    }
  }

  private static void replace(Path file, byte[] content, boolean force) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IOException(file + ": not a file");
    }
    makeDirectories(directory, force);
    Path fresh = directory.resolve(file.getFileName() + "." + UUID.randomUUID() + ".new");
    try {
      try (FileChannel channel = FileChannel.open(fresh, CREATE_NEW, WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        if (force) {
          channel.force(true);
        }
      }
      rename(fresh, file);
    } finally {
      Files.deleteIfExists(fresh);
    }
    if (force) {
      flush(directory);
    }
  }

  private static void makeDirectories(Path directory, boolean force) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory);
      Path above = directory.getParent();
      if (force && above != null) {
        flush(above);
      }
    }
  }

  /**
   * Gives what was made beside it its name at once, in place of a file of that name. On Windows a
   * scanner may hold the old or the new file open for a moment, which is waited for.
   */
  public static void rename(Path from, Path to) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        Files.move(from, to, ATOMIC_MOVE, REPLACE_EXISTING);
        return;
      } catch (AccessDeniedException held) {
        if (POSIX || attempt == RENAMES) {
          throw held;
        }
        LockSupport.parkNanos(RENAME_PAUSE);
      }
    }
  }

  /** A rename outlives a loss of power once its directory is flushed; NTFS sees to it itself. */
  private static void flush(Path directory) throws IOException {
    if (POSIX) {
      try (FileChannel opened = FileChannel.open(directory, READ)) {
        opened.force(true);
      }
    }
  }
}
