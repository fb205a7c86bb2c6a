package io.gardencell.emulator.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Permissions of a layer's files. What carries no mode, as Windows' own files do not, may be run.
 * The owner can always read, and change a directory: else a layer could not be copied or removed.
 * Set-user-id and its neighbours are left out: here they would hold on the machine itself.
 */
final class UnixMode {

  private static final int DEFAULT = 0755;

  private UnixMode() {}

  /** Gives a file or directory its permissions; a link has none of its own. */
  static void apply(Path path, OptionalInt mode) throws IOException {
    if (!Files.isSymbolicLink(path)) {
      boolean directory = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
      Files.setPosixFilePermissions(
          path, permissions(mode.orElse(DEFAULT) | (directory ? 0700 : 0400)));
    }
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
    PosixFilePermission[] highestFirst = PosixFilePermission.values();
    for (int i = 0; i < highestFirst.length; i++) {
      if ((mode & 0400 >> i) != 0) {
        set.add(highestFirst[i]);
      }
    }
    return set;
  }

  /** The permission bits of an existing file. */
  static int of(Path path) throws IOException {
    int mode = 0;
    for (PosixFilePermission p : Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS)) {
      mode |= 0400 >> p.ordinal();
    }
    return mode;
  }
}
