package io.gardencell.hcs.jna.compute;

import com.sun.jna.Pointer;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.ProcessDocument;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that a new process has the pipes that were asked for: where HCS left some out of its
 * answer, they are fetched once more (hcs-abi.md section 15: seen on Server 2022).
 */
record StdioPipes(ComputeCalls calls, String systemId, ProcessDocument document) {

  /**
   * Fills in what is missing.
   *
   * @throws HcsException naming the pipes that cannot be had; those that are there are closed
   */
  void complete(ProcessInformation info, Pointer process) {
    if (missing(info).isEmpty()) {
      return;
    }
    var more = new ProcessInformation();
    try {
      calls.invoke(
          "HcsGetProcessInfo",
          systemId,
          result -> calls.compute().HcsGetProcessInfo(process, more, result));
    } catch (HcsException failure) {
      discard(info);
      throw failure;
    }
    info.processId = info.processId == 0 ? more.processId : info.processId;
    info.stdInput = first(info.stdInput, more.stdInput);
    info.stdOutput = first(info.stdOutput, more.stdOutput);
    info.stdError = first(info.stdError, more.stdError);
    List<String> missing = missing(info);
    if (!missing.isEmpty()) {
      discard(info);
      throw new HcsException(
          "HcsCreateProcess",
          systemId,
          HcsErrors.INVALID_HANDLE,
          "no pipe for " + String.join(", ", missing) + " (expected: one for each that was asked)",
          List.of());
    }
  }

  /** The handle there was; one that came in addition is closed. */
  private @Nullable Pointer first(@Nullable Pointer given, @Nullable Pointer fetched) {
    if (given == null) {
      return fetched;
    }
    calls.pipes().discard(fetched);
    return given;
  }

  private List<String> missing(ProcessInformation info) {
    List<String> names = new ArrayList<>();
    if (document.createStdInPipe() && info.stdInput == null) {
      names.add("stdin");
    }
    if (document.createStdOutPipe() && info.stdOutput == null) {
      names.add("stdout");
    }
    // a pseudo console has one output for both
    if (document.createStdErrPipe() && !document.emulateConsole() && info.stdError == null) {
      names.add("stderr");
    }
    return names;
  }

  private void discard(ProcessInformation info) {
    calls.pipes().discard(info.stdInput, info.stdOutput, info.stdError);
  }
}
