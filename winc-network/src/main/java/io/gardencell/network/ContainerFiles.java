package io.gardencell.network;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.api.files.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** One file per connected container, written before a change is answered; any thread. */
final class ContainerFiles {

  private static final JsonMapper MAPPER = new JsonMapper();
  private static final String SUFFIX = ".json";

  private final Path dir;

  ContainerFiles(Path dir) {
    this.dir = dir;
  }

  void write(ConnectedContainer container) {
    try {
      AtomicFile.write(file(container.handle()), MAPPER.writeValueAsString(container) + "\n");
    } catch (IOException failed) {
      throw GardenException.failure("write network state: " + failed.getMessage(), failed);
    }
  }

  Optional<ConnectedContainer> find(String handle) {
    if (Handle.find(handle).isEmpty()) {
      return Optional.empty();
    }
    return read(file(handle)).filter(container -> container.handle().equals(handle));
  }

  /**
   * The container of a handle.
   *
   * @throws GardenException.ContainerNotFound if it is not connected
   */
  ConnectedContainer get(String handle) {
    return find(handle).orElseThrow(() -> new GardenException.ContainerNotFound(handle));
  }

  /** All files that there are now, also those that cannot be read or were left half written. */
  List<Path> list() {
    if (!Files.isDirectory(dir)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(dir)) {
      return files.filter(file -> file.toString().contains(SUFFIX)).sorted().toList();
    } catch (IOException failed) {
      throw GardenException.failure("read network state: " + failed.getMessage(), failed);
    }
  }

  /** Deletes those of the listed files that are not of these handles. */
  void delete(List<Path> listed, Set<String> kept) {
    Set<Path> names = new HashSet<>();
    kept.stream().flatMap(h -> Handle.find(h).stream()).forEach(h -> names.add(file(h)));
    try {
      for (Path file : listed) {
        if (!names.contains(finished(file))) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException failed) {
      throw GardenException.failure("delete network state: " + failed.getMessage(), failed);
    }
  }

  /** Removes what killed writers left of a handle's file; the caller holds the handle's lock. */
  void clear(String handle) {
    try {
      AtomicFile.removeLeftovers(file(handle));
    } catch (IOException failed) {
      throw GardenException.failure("delete network state: " + failed.getMessage(), failed);
    }
  }

  /** The file itself, or that of which this is a half-written one. */
  private static Path finished(Path file) {
    String name = String.valueOf(file.getFileName());
    return file.resolveSibling(name.substring(0, name.indexOf(SUFFIX) + SUFFIX.length()));
  }

  void delete(String handle) {
    try {
      Files.deleteIfExists(file(handle));
    } catch (IOException failed) {
      throw GardenException.failure("delete network state: " + failed.getMessage(), failed);
    }
  }

  private static Optional<ConnectedContainer> read(Path file) {
    try {
      return Optional.of(MAPPER.readValue(Files.readString(file), ConnectedContainer.class));
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    } catch (IOException failed) {
      throw GardenException.failure("read " + file + ": " + failed.getMessage(), failed);
    }
  }

  private Path file(String handle) {
    return file(Handle.parse(handle));
  }

  private Path file(Handle handle) {
    return dir.resolve(handle.key() + SUFFIX);
  }
}
