package io.gardencell.emulator.volume;

import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.LayerFiles;
import io.gardencell.hcs.LayerFolder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Layer files as plain files. Any thread. */
public final class EmulatedLayerFiles implements LayerFiles {

  @Override
  public LayerFolder open(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new HcsException("NtCreateFile", directory.toString(), HcsErrors.PATH_NOT_FOUND);
    }
    return new EmulatedLayerFolder(directory.toAbsolutePath().normalize());
  }
}
