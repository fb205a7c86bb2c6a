package io.gardencell.runtime.bundle;

import io.gardencell.hcs.HcsErrors;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** Words failures of files as the reference does: operation, name, the system's text. */
public final class FileFailures {

  private FileFailures() {}

  /**
   * The text of a failure.
   *
   * @param operation Go's word, for example {@code open}
   * @param name the file as it was given
   * @param file the file, absolute
   */
  public static String text(String operation, String name, Path file, IOException failure) {
    return "%s %s: %s".formatted(operation, name, reason(file, failure));
  }

  /** The system's text for a name that does not exist: of the file, or of a folder before it. */
  public static String missing(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return HcsErrors.text(
        parent == null || Files.isDirectory(parent)
            ? HcsErrors.FILE_NOT_FOUND
            : HcsErrors.PATH_NOT_FOUND);
  }

  private static String reason(Path file, IOException failure) {
    if (failure instanceof NoSuchFileException) {
      return missing(file);
    }
    if (failure instanceof AccessDeniedException) {
      return HcsErrors.text(HcsErrors.ACCESS_DENIED);
    }
    if (failure instanceof NotDirectoryException) {
      return HcsErrors.text(HcsErrors.PATH_NOT_FOUND);
    }
    if (failure instanceof FileSystemException system && system.getReason() != null) {
      return String.valueOf(system.getReason());
    }
    return String.valueOf(failure.getMessage());
  }
}
