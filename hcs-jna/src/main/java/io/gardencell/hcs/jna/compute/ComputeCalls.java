package io.gardencell.hcs.jna.compute;

import com.sun.jna.ptr.PointerByReference;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.jna.stdio.CompletionPort;
import io.gardencell.hcs.jna.win32.Failures;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * What every call into vmcompute.dll's compute functions shares: the result document is taken and
 * freed, failures become exceptions, "pending" is an answer. A call is never abandoned; a slow one
 * blocks its caller (hcs-abi: 17.1). Any thread.
 *
 * @param compute the DLL
 * @param failures codes to exceptions
 * @param notifications where completions and exits arrive
 * @param pipes the completion port of all stdio pipes
 * @param executor for work that follows a notification, in order
 */
record ComputeCalls(
    VmCompute compute,
    Failures failures,
    Notifications notifications,
    CompletionPort pipes,
    Executor executor) {

  /** Calls a function that must succeed at once; outputs given are freed when it fails. */
  void invoke(
      String function,
      String target,
      ToIntFunction<PointerByReference> call,
      PointerByReference... outputs) {
    var result = new PointerByReference();
    int code = failures.call(function, () -> call.applyAsInt(result));
    String document = failures.take(result);
    if (code < 0) {
      for (PointerByReference output : outputs) {
        failures.take(output);
      }
      throw failures.failure(code, function, target, document);
    }
  }

  /**
   * Calls a function that may go on in the background.
   *
   * @return whether a notification will tell of its completion
   */
  boolean invokePending(String function, String target, ToIntFunction<PointerByReference> call) {
    var result = new PointerByReference();
    int code = failures.call(function, () -> call.applyAsInt(result));
    String document = failures.take(result);
    if (code == HcsErrors.OPERATION_PENDING) {
      return true;
    }
    failures.check(code, function, target, document);
    return false;
  }

  /** Calls a function as part of a clean-up: its failure is attached to the reason for it. */
  void invokeQuietly(
      String function, String target, ToIntFunction<PointerByReference> call, HcsException reason) {
    try {
      invokePending(function, target, call);
    } catch (HcsException alsoFailed) {
      reason.addSuppressed(alsoFailed);
    }
  }

  /** Copies and frees an output string. */
  String take(PointerByReference output) {
    return failures.take(output);
  }

  /** Reads a document of HCS's; what cannot be read is a failure of the function. */
  <T> T read(String function, String target, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (IllegalArgumentException unreadable) {
      HcsException failure =
          new HcsException(
              function,
              target,
              HcsErrors.INVALID_DATA,
              "unexpected value returned from hcs: " + unreadable.getMessage(),
              List.of());
      failure.initCause(unreadable);
      throw failure;
    }
  }
}
