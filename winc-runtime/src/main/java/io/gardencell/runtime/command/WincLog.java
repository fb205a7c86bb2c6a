package io.gardencell.runtime.command;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsException;
import io.gardencell.runtime.bundle.FileFailures;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import picocli.CommandLine.ParseResult;

/**
 * Where the command's log goes.
 *
 * @param debug whether steps are logged, not only failures
 * @param file as given; empty or {@code NUL} for none
 * @param handle a handle this process has inherited, unsigned; 0 for none
 * @param format {@code json} or {@code text}
 */
record WincLog(boolean debug, String file, long handle, String format) {

  static WincLog of(ParseResult flags) {
    return new WincLog(
        flags.hasMatchedOption("--debug"),
        WincFlags.text(flags, "--log"),
        flags.matchedOptionValue("--log-handle", 0L),
        WincFlags.text(flags, "--log-format"));
  }

  /** Until the log is known: texts on stderr. */
  void attachToStderr(Surroundings around) {
    CommandLog.attach(around.stderr(), false, debug);
  }

  /** Opens the log, in the reference's order of checks. */
  void attach(Surroundings around, String host) {
    boolean none = file.isEmpty() || file.toUpperCase(Locale.ROOT).equals("NUL");
    if (!none && handle != 0) {
      throw GardenException.failure("only one of --log and --log-handle can be passed");
    }
    OutputStream out = OutputStream.nullOutputStream();
    if (handle != 0) {
      out = inherited(around, host);
    } else if (!none) {
      out = opened(around);
    }
    CommandLog.attach(out, format.equals("json"), debug);
    if (!format.equals("json") && !format.equals("text")) {
      throw GardenException.failure("invalid log format " + format);
    }
  }

  private OutputStream inherited(Surroundings around, String host) {
    try {
      return around.hosts().apply(host).openHandle(handle);
    } catch (HcsException e) {
      throw GardenException.failure(
          "log handle %s invalid: %s".formatted(Long.toUnsignedString(handle), e.getMessage()), e);
    }
  }

  private OutputStream opened(Surroundings around) {
    Path path = around.resolve(file);
    try {
      if (path.getParent() != null) {
        Files.createDirectories(path.getParent());
      }
      return Files.newOutputStream(
          path, StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.SYNC);
    } catch (IOException e) {
      throw GardenException.failure(FileFailures.text("open", file, path, e), e);
    }
  }
}
