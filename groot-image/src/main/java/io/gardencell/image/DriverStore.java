package io.gardencell.image;

import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.image.source.FileReasons;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
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

  private static final long MAX_SPARE = 1L << 30;

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

  /** Which layers the images have that the operator wants kept. */
  Path images() {
    return root.resolve("images");
  }

  Path temporary() {
    return root.resolve("tmp");
  }

  /** Keeps others from making or removing a layer. */
  StoreLocks.Held lockLayer(String chainId) {
    return lock(ofLayer(chainId));
  }

  /** The same, if nobody is doing it. */
  Optional<StoreLocks.Held> tryLockLayer(String chainId) {
    return tryLock(ofLayer(chainId));
  }

  /** Keeps others from making or removing a volume; handles that differ in case are the same. */
  StoreLocks.Held lockHandle(Handle handle) {
    return lock(ofHandle(handle));
  }

  /** The same, if nobody is doing it. */
  Optional<StoreLocks.Held> tryLockHandle(Handle handle) {
    return tryLock(ofHandle(handle));
  }

  /** Guards who needs which layer; held for moments only. */
  StoreLocks.Held lockStore() {
    return lock("store");
  }

  StoreLocks.Held lock(String name) {
    return StoreLocks.take(lockFile(), name, lockTimeout);
  }

  /** The lock if nobody has it. */
  Optional<StoreLocks.Held> tryLock(String name) {
    return StoreLocks.tryTake(lockFile(), name, Duration.ZERO);
  }

  private static String ofLayer(String chainId) {
    return "layer-" + chainId;
  }

  private static String ofHandle(Handle handle) {
    return "handle-" + handle.key();
  }

  private Path lockFile() {
    return root.resolve("locks").resolve("store.lock");
  }

  /** Bytes that a layer may take: the disk is never filled to the brim, others write there, too. */
  long room() throws IOException {
    FileStore disk = Files.getFileStore(root);
    long spare = Math.min(MAX_SPARE, disk.getTotalSpace() / 20);
    return Math.max(0, disk.getUsableSpace() - spare);
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

  static GardenException failed(String what, Path path, IOException e) {
    return GardenException.failure(what + " " + path + ": " + FileReasons.reason(e), e);
  }
}
