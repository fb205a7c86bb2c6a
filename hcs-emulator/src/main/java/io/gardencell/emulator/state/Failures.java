package io.gardencell.emulator.state;

import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.List;

/** Failures of this machine's files in the host's words. */
public final class Failures {

  private Failures() {}

  /** The failure of a host function on a file. */
  public static HcsException of(String function, String target, IOException e) {
    int code =
        e instanceof NoSuchFileException
            ? HcsErrors.PATH_NOT_FOUND
            : e instanceof FileAlreadyExistsException
                ? HcsErrors.FILE_EXISTS
                : e instanceof AccessDeniedException
                    ? HcsErrors.ACCESS_DENIED
                    : HcsErrors.INVALID_DATA;
    HcsException failure =
        new HcsException(
            function, target, code, HcsErrors.text(code), List.of("[Event Detail: " + e + "]"));
    failure.initCause(e);
    return failure;
  }
}
