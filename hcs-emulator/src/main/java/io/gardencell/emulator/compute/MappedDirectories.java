package io.gardencell.emulator.compute;

import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.MappedDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Directories of the host inside a volume: symbolic links. */
final class MappedDirectories {

  private static final Logger log = LoggerFactory.getLogger(MappedDirectories.class);

  private MappedDirectories() {}

  /** Makes a mapping; in its place there may be an empty directory, a link or a file. */
  static void map(Path volume, MappedDirectory mapped, String function) throws IOException {
    Path host = Path.of(mapped.hostPath());
    if (!Files.isDirectory(host)) {
      throw new HcsException(function, mapped.hostPath(), HcsErrors.PATH_NOT_FOUND);
    }
    Path inside = new ContainerRoot(volume).resolve(mapped.containerPath());
    if (inside.equals(volume)) {
      throw new HcsException(function, mapped.containerPath(), HcsErrors.INVALID_PARAMETER);
    }
    if (inside.getParent() != null) {
      Files.createDirectories(inside.getParent());
    }
    if (Files.isDirectory(inside, LinkOption.NOFOLLOW_LINKS)) {
      Files.delete(inside);
    } else {
      Files.deleteIfExists(inside);
    }
    Files.createSymbolicLink(inside, host);
    if (mapped.readOnly()) {
      log.atDebug()
          .addKeyValue("directory", mapped.containerPath())
          .log("read-only mapping is not enforced by the emulated host");
    }
  }

  /** Removes the mapping, never what it leads to. */
  static void unmap(Path volume, MappedDirectory mapped) throws IOException {
    Path inside = new ContainerRoot(volume).resolve(mapped.containerPath());
    if (Files.isSymbolicLink(inside)) {
      Files.delete(inside);
    }
  }
}
