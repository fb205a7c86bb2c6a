package io.gardencell.runtime;

import io.gardencell.api.GardenException;
import io.gardencell.api.files.AtomicFile;
import io.gardencell.api.files.FileTree;
import io.gardencell.runtime.bundle.FileFailures;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The state files below the root, {@code <root>\<handle>\state.json}. Any thread. */
final class StateDirectory {

  private final Path root;

  StateDirectory(Path root) {
    this.root = root;
  }

  /** Handles that have a directory, sorted. */
  List<String> handles() {
    List<String> handles = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root, Files::isDirectory)) {
      entries.forEach(entry -> handles.add(String.valueOf(entry.getFileName())));
    } catch (NoSuchFileException none) {
      return List.of();
    } catch (IOException e) {
      throw GardenException.failure("state directory %s: %s".formatted(root, e.getMessage()), e);
    }
    handles.sort(null);
    return handles;
  }

  boolean exists(String handle) {
    return Files.isDirectory(directory(handle), LinkOption.NOFOLLOW_LINKS);
  }

  /** Reads a state file; unreadable or absent is a failure. */
  StateFile read(String handle) {
    Path file = file(handle);
    try {
      return StateFile.parse(Files.readString(file), file);
    } catch (IOException e) {
      throw GardenException.failure(FileFailures.text("open", file.toString(), file, e), e);
    } catch (IllegalArgumentException e) {
      throw GardenException.failure(String.valueOf(e.getMessage()), e);
    }
  }

  void write(String handle, StateFile state) {
    Path file = file(handle);
    try {
      AtomicFile.write(file, state.json());
    } catch (IOException e) {
      throw GardenException.failure(FileFailures.text("open", file.toString(), file, e), e);
    }
  }

  /** Removes a handle's directory, never following links; absent is no failure. */
  void remove(String handle) {
    Path directory = directory(handle);
    try {
      FileTree.remove(directory);
    } catch (IOException e) {
      throw GardenException.failure("remove %s: %s".formatted(directory, e.getMessage()), e);
    }
  }

  private Path file(String handle) {
    return directory(handle).resolve("state.json");
  }

  /** A handle that is not one file name would leave the root. */
  private Path directory(String handle) {
    if (handle.isEmpty()
        || handle.equals(".")
        || handle.equals("..")
        || handle.chars().anyMatch(c -> c == '/' || c == '\\' || c == 0 || c == ':')) {
      throw GardenException.failure(
          "container id: '%s' (expected: a name without separators)".formatted(handle));
    }
    return root.resolve(handle);
  }
}
