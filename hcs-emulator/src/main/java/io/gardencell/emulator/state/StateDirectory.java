package io.gardencell.emulator.state;

import io.gardencell.hcs.document.HcsJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The emulated host's files, {@code <data-dir>/emulator}: shared by the server and the plugin
 * commands, changed under one lock, every file replaced at once. Any thread; the lock can be taken
 * again by its holder.
 */
public final class StateDirectory {

  private static final Map<Path, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

  private final Path root;
  private final ReentrantLock lock;

  /** Opens the directory, which is made if it is not there. */
  public StateDirectory(Path root) throws IOException {
    for (String name :
        List.of(
            "systems",
            "volumes",
            "hns/networks",
            "hns/endpoints",
            "hns/adapters",
            "quota",
            "proc",
            "exits")) {
      Files.createDirectories(root.resolve(name));
    }
    this.root = root.toRealPath();
    this.lock = LOCKS.computeIfAbsent(this.root, k -> new ReentrantLock());
  }

  /** The directory itself, without links in its name. */
  public Path root() {
    return root;
  }

  /** Where volumes are. */
  public Path volumes() {
    return root.resolve("volumes");
  }

  /** Does something under the lock, in which nobody else changes anything. */
  public void change(Runnable work) {
    Object unused =
        locked(
            () -> {
              work.run();
              return work;
            });
  }

  /** Runs work as the only one of all threads and processes that asks for that. */
  public <T extends @Nullable Object> T locked(Supplier<T> work) {
    lock.lock();
    try {
      if (lock.getHoldCount() > 1) {
        return work.get();
      }
      try (FileChannel channel =
              FileChannel.open(
                  root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          var held = channel.lock()) {
        if (!held.isValid()) {
          throw new IOException("lock: " + root + " (expected: a valid file lock)");
        }
        return work.get();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Replaces a file by a document, whole. */
  public void write(Path file, Object document) {
    try {
      Path fresh = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + ".new");
      Files.writeString(fresh, HcsJson.write(document));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a document; empty if there is no such file. */
  public <T> Optional<T> read(Path file, Class<T> type) {
    try {
      return Optional.of(HcsJson.read(Files.readString(file), type));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is in a directory, sorted; nothing if it is not there. */
  public static List<Path> list(Path directory) {
    try (Stream<Path> names = Files.list(directory)) {
      return names.sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes a tree and never what a link in it points to; absent is fine. */
  public static void removeTree(Path tree) throws IOException {
    try {
      Files.walkFileTree(
          tree,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
              if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
              }
              throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e)
                throws IOException {
              if (e != null) {
                throw e;
              }
              Files.deleteIfExists(dir);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (NoSuchFileException gone) {
      return;
    }
  }
}
