package io.gardencell.hcs;

import java.nio.file.Path;

/**
 * What a host needs to know to open.
 *
 * @param dataDir the daemon's data directory ({@code --data-dir}), absolute; the emulated host
 *     keeps its state below {@code <dataDir>/emulator}, the real one keeps nothing
 */
public record HostOptions(Path dataDir) {

  public HostOptions {
    if (!dataDir.isAbsolute()) {
      throw new IllegalArgumentException("data-dir: " + dataDir + " (expected: an absolute path)");
    }
  }
}
