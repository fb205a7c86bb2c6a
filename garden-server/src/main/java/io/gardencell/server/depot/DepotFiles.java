package io.gardencell.server.depot;

import io.gardencell.api.files.AtomicFile;
import io.gardencell.api.files.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How the depot's files are written, read and removed: by {@link #disk}, or by a store that also
 * misbehaves. Any thread.
 */
public interface DepotFiles {

  /** Replaces a file whole; when this returns, a loss of power leaves it. */
  void write(Path file, byte[] content) throws IOException;

  /** All of a file. */
  byte[] read(Path file) throws IOException;

  /** Removes a directory with all that is in it; none is no failure. */
  void remove(Path directory) throws IOException;

  /** The disk. */
  static DepotFiles disk() {
    return new DepotFiles() {
      @Override
      public void write(Path file, byte[] content) throws IOException {
        AtomicFile.write(file, content);
      }

      @Override
      public byte[] read(Path file) throws IOException {
        return Files.readAllBytes(file);
      }

      @Override
      public void remove(Path directory) throws IOException {
        FileTree.remove(directory);
      }
    };
  }
}
