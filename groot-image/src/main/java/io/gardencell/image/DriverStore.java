package io.gardencell.image;

import io.gardencell.api.GardenException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Where things lie in the driver store, and its locks.
 *
 * @param root absolute
 * @param lockTimeout longest wait for a lock
 */
record DriverStore(Path root, Duration lockTimeout) {

  static DriverStore of(ImageConfig config) {
    return new DriverStore(config.driverStore().toAbsolutePath().normalize(), config.lockTimeout());
  }

  Path layers() {
    return root.resolve("layers");
  }

  Path layer(String chainId) {
    return layers().resolve(chainId);
  }

  Path volumes() {
    return root.resolve("volumes");
  }

  Path volume(String handle) {
    return volumes().resolve(handle);
  }

  Path pins() {
    return root.resolve("pins");
  }

  Path temporary() {
    return root.resolve("tmp");
  }

  StoreLock lockLayer(String chainId) {
    return lock(chainId);
  }

  StoreLock lockHandle(String handle) {
    return lock("handle-" + handle);
  }

  StoreLock lockStore() {
    return lock("store");
  }

  StoreLock lock(String name) {
    return StoreLock.take(lockFile(name), lockTimeout);
  }

  Path lockFile(String name) {
    return root.resolve("locks").resolve(name + ".lock");
  }

  /** Names in a directory of the store, sorted; none if there is no such directory. */
  static Set<String> names(Path directory) {
    try (Stream<Path> all = Files.list(directory)) {
      Set<String> names = new TreeSet<>();
      all.forEach(p -> names.add(p.getFileName().toString()));
      return names;
    } catch (NoSuchFileException e) {
      return Set.of();
    } catch (IOException e) {
      throw failed("listing", directory, e);
    }
  }

  static void makeDirectories(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw failed("making", directory, e);
    }
  }

  /** Writes beside the target and renames. */
  static void write(Path file, String text) throws IOException {
    Path temporary = Files.createTempFile(file.getParent(), ".new", ".tmp");
    try {
      Files.writeString(temporary, text, StandardCharsets.UTF_8);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Removes a tree, never following links; absent is fine. */
  static void removeTree(Path top) {
    if (!Files.exists(top, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      Files.walkFileTree(
          top,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                Path directory, @org.jspecify.annotations.Nullable IOException e)
                throws IOException {
              if (e != null) {
                throw e;
              }
              Files.deleteIfExists(directory);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static GardenException failed(String what, Path path, IOException e) {
    return GardenException.failure(what + " " + path + ": " + reason(e), e);
  }

  /** The text of a failure; file exceptions say no more than the path, so their kind is added. */
  static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return e.getMessage() + ": no such file or directory";
    }
    return List.of(java.nio.file.FileSystemException.class).stream().anyMatch(c -> c.isInstance(e))
            && !String.valueOf(e.getMessage()).contains(" ")
        ? e.getMessage() + ": " + e.getClass().getSimpleName()
        : String.valueOf(e.getMessage());
  }
}
