package io.gardencell.runtime;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import java.util.Locale;

/**
 * The one place that words what HCS and the host refused, as the reference does (Source: winc:
 * hcs/client, hcsshim: internal/hcs/errors.go).
 */
public final class Failures {

  private static final String NO_ANSWER = "unexpected value returned from hcs";

  private Failures() {}

  /** The failure of a call on behalf of a container. */
  public static GardenException of(HcsException e, String handle) {
    return GardenException.failure(text(e, handle), e);
  }

  /** The text of a refusal. */
  public static String text(HcsException e, String handle) {
    String t = e.textWithEvents();
    if (t.equals(NO_ANSWER)) {
      return t;
    }
    return switch (e.function()) {
      case "HcsEnumerateComputeSystems" -> "hcs::GetComputeSystems: " + t;
      case "HcsOpenComputeSystem" -> "hcs::OpenComputeSystem " + handle + ": " + t;
      case "HcsCreateComputeSystem" -> "hcs::CreateComputeSystem " + handle + ": " + t;
      case "HcsStartComputeSystem" -> during(e, handle, "hcs::System::Start");
      case "HcsShutdownComputeSystem" -> during(e, handle, "hcs::System::Shutdown");
      case "HcsTerminateComputeSystem" -> during(e, handle, "hcs::System::Terminate");
      case "HcsGetComputeSystemProperties" -> during(e, handle, "hcs::System::Properties");
      case "HcsModifyComputeSystem" -> during(e, handle, "hcs::System::Modify");
      case "NameToGuid" -> "hcsshim::NameToGuid failed in Win32: %s (0x%x)".formatted(t, e.code());
      case "HNSCall" -> t;
      case "SetVolumeMountPointW" -> "error setting mount point: " + t;
      case "DeleteVolumeMountPointW" -> "error deleting mount point: " + t;
      default -> e.function() + ": " + t;
    };
  }

  /** The failure of making a compute system, whatever call it was. */
  static GardenException notCreated(HcsException e, String handle) {
    return GardenException.failure(
        HcsErrors.normalise(e.code()) == HcsErrors.SYSTEM_ALREADY_EXISTS
            ? "container with id already exists: " + handle
            : "hcs::CreateComputeSystem " + handle + ": " + e.textWithEvents(),
        e);
  }

  /** The failure of starting a process. */
  static GardenException notStarted(HcsException e, String program, String handle) {
    String text =
        (HcsErrors.isOutOfMemory(e.code()) ? "not enough memory" : String.valueOf(e.getMessage()))
            + ": could not start command '"
            + program
            + "' in container: "
            + handle;
    if (e.code() == HcsErrors.FILE_NOT_FOUND || e.code() == HcsErrors.PATH_NOT_FOUND) {
      GardenException notFound = new GardenException.ExecutableNotFound(text);
      notFound.initCause(e);
      return notFound;
    }
    return GardenException.failure(text, e);
  }

  private static String during(HcsException e, String handle, String operation) {
    String events = e.events().isEmpty() ? "" : "\n" + String.join("\n", e.events());
    if (isOurOwn(String.valueOf(e.getMessage()))) {
      return "container %s encountered an error during %s: %s%s"
          .formatted(handle, operation, e.getMessage(), events);
    }
    return "container %s encountered an error during %s: failure in a Windows system call: %s (0x%s)%s"
        .formatted(
            handle,
            operation,
            e.getMessage(),
            Integer.toHexString(e.code()).toLowerCase(Locale.ROOT),
            events);
  }

  /**
   * Whether it is not the system's text of a code but hcsshim's words for having waited in vain.
   */
  private static boolean isOurOwn(String text) {
    return text.startsWith("hcsshim: ")
        || text.equals("unexpected container exit")
        || text.equals("lost communication with compute service");
  }
}
