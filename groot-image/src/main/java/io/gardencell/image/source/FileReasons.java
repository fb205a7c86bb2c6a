package io.gardencell.image.source;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Words for failures of files, whose exceptions often say no more than the path. */
public final class FileReasons {

  private FileReasons() {}

  /** {@code <operation> <path>: <reason>} for a failure of a file, else its own message. */
  public static String of(String operation, IOException failure) {
    return failure instanceof FileSystemException file
        ? operation + " " + file.getFile() + ": " + reason(file)
        : String.valueOf(failure.getMessage());
  }

  /** The reason alone. */
  public static String reason(IOException failure) {
    if (!(failure instanceof FileSystemException file)) {
      return String.valueOf(failure.getMessage());
    }
    if (failure instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    if (failure instanceof AccessDeniedException) {
      return "access is denied";
    }
    String reason = file.getReason();
    return reason == null ? failure.getClass().getSimpleName() : reason;
  }
}
