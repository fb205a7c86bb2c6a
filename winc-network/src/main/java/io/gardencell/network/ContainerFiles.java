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

  /** Deletes the files of all other handles, also those that cannot be read. */
  void retain(Set<String> handles) {
    Set<String> names = new HashSet<>();
    for (String handle : handles) {
      Handle.find(handle).ifPresent(known -> names.add(known.key() + SUFFIX));
    }
    if (!Files.isDirectory(dir)) {
      return;
    }
    try (Stream<Path> files = Files.list(dir)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(SUFFIX) && !names.contains(name)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException failed) {
      throw GardenException.failure("delete network state: " + failed.getMessage(), failed);
    }
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
    return dir.resolve(Handle.parse(handle).key() + SUFFIX);
  }
}
