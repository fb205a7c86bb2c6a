package io.gardencell.network;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** One file per connected container, written before a change is answered; any thread. */
final class ContainerFiles {

  private static final JsonMapper MAPPER = new JsonMapper();

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

  /** All that can be read. */
  List<ConnectedContainer> all() {
    List<ConnectedContainer> all = new ArrayList<>();
    if (!Files.isDirectory(dir)) {
      return all;
    }
    try (Stream<Path> files = Files.list(dir)) {
      files
          .filter(file -> file.getFileName().toString().endsWith(".json"))
          .sorted()
          .forEach(file -> read(file).ifPresent(all::add));
    } catch (IOException failed) {
      throw GardenException.failure("read network state: " + failed.getMessage(), failed);
    }
    return all;
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
    return dir.resolve(Handle.parse(handle).key() + ".json");
  }
}
