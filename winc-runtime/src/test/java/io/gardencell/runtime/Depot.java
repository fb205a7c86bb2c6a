package io.gardencell.runtime;

import io.gardencell.runtime.bundle.Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory of bundles, each with an init process, one layer and a volume. */
public final class Depot {

  private final Path directory;
  private final String volume;

  public Depot(Path directory) {
    this(directory, "vol");
  }

  Depot(Path directory, String volume) {
    this.directory = directory;
    this.volume = volume;
  }

  /** Makes a bundle, or makes it again. */
  public Path bundle(String handle) throws IOException {
    return bundle(handle, "", "");
  }

  /**
   * Makes a bundle with more in it.
   *
   * @param members of the document, each followed by a comma
   * @param windows members of its {@code windows}, each after a comma
   */
  Path bundle(String handle, String members, String windows) throws IOException {
    Path bundle = Files.createDirectories(directory.resolve(handle));
    Files.writeString(
        bundle.resolve("config.json"),
        "{\"ociVersion\":\"1.2.1\",\"process\":{\"args\":[\"init\"],\"cwd\":\"/\"},"
            + "\"root\":{\"path\":\"%s\"},".formatted(volume.replace("\\", "\\\\"))
            + members
            + "\"windows\":{\"layerFolders\":[\"C:\\\\l1\"]"
            + windows
            + "}}");
    return bundle;
  }

  /** A bundle that was made, as the runtime reads it. */
  Bundle loaded(String handle) {
    return Bundle.load(directory.resolve(handle), handle);
  }
}
