package io.gardencell.hcs;

import java.nio.file.Path;

/** Opens directories for writing layer files with backup semantics (hcsshim: internal/safefile). */
public interface LayerFiles {

  /**
   * Opens an existing directory as the root of relative operations. Holds the privileges to back up
   * and restore until closed.
   */
  LayerFolder open(Path directory);
}
