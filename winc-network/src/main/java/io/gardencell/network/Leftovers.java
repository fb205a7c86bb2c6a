package io.gardencell.network;

import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles of which something may be left that is to go: a file each, there from before the first
 * step of an up or down until it has succeeded, or has been undone. So whoever finds one while
 * nobody works on that handle removes what there is, also after the process that began was killed.
 * Any thread; a handle's own is changed under its lock.
 */
final class Leftovers {

  private static final Logger log = LoggerFactory.getLogger(Leftovers.class);

  private final Path dir;

  Leftovers(Path dir) {
    this.dir = dir;
  }

  /** Notes a handle; a disk that is full must not keep anything from being removed. */
  void add(String handle) {
    try {
      Optional<Path> file = file(handle);
      if (file.isPresent()) {
        Files.createDirectories(dir);
        Files.writeString(file.get(), handle);
      }
    } catch (IOException failed) {
      log.atWarn()
          .addKeyValue("handle", handle)
          .setCause(failed)
          .log("a crash now would leave something until the next start");
    }
  }

  /**
   * Nothing of the handle is to go any more.
   *
   * @throws GardenException if that cannot be noted: a later retry would take away what is there
   */
  void remove(String handle) {
    try {
      Optional<Path> file = file(handle);
      if (file.isPresent()) {
        Files.deleteIfExists(file.get());
      }
    } catch (IOException failed) {
      throw GardenException.failure("delete network state: " + failed.getMessage(), failed);
    }
  }

  boolean has(String handle) {
    return file(handle).filter(Files::exists).isPresent();
  }

  /** All that are noted, also by other processes. */
  Set<String> handles() {
    Set<String> handles = new TreeSet<>();
    if (!Files.isDirectory(dir)) {
      return handles;
    }
    try (Stream<Path> files = Files.list(dir)) {
      for (Path file : files.toList()) {
        String handle = Files.exists(file) ? Files.readString(file) : "";
        handles.add(handle.isEmpty() ? String.valueOf(file.getFileName()) : handle);
      }
    } catch (IOException failed) {
      throw GardenException.failure("read network state: " + failed.getMessage(), failed);
    }
    return handles;
  }

  private Optional<Path> file(String handle) {
    return Handle.find(handle).map(known -> dir.resolve(known.key()));
  }
}
