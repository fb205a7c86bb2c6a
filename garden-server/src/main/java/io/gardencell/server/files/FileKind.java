package io.gardencell.server.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** What a name stands for, links not followed. */
enum FileKind {
  FILE,
  DIRECTORY,
  SYMBOLIC_LINK,
  /** A pipe, a device; on Windows any other reparse point, a junction for one. */
  OTHER;

  // A junction says that it is a directory as well, and leads wherever the container wants.
  static FileKind of(BasicFileAttributes attributes) {
    if (attributes.isSymbolicLink()) {
      return SYMBOLIC_LINK;
    }
    if (attributes.isOther()) {
      return OTHER;
    }
    return attributes.isDirectory() ? DIRECTORY : FILE;
  }

  static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  /** Fails if the path is no directory, or a link to one. */
  static void requireDirectory(Path path) throws IOException {
    switch (of(attributes(path))) {
      case DIRECTORY -> {}
      case FILE -> throw new IOException(path.getFileName() + " is not a directory");
      default -> throw new LinkNotFollowed(String.valueOf(path.getFileName()));
    }
  }
}
