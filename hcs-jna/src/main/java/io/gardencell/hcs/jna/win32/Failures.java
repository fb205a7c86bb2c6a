package io.gardencell.hcs.jna.win32;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.ResultDocument;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * Turns codes into {@link HcsException}s with the system's text, and takes result strings; any
 * thread.
 */
public final class Failures {

  private static final int FORMAT_FLAGS = 0x1000 | 0x2000 | 0x200;
  private static final int ENGLISH = 0x0409;

  private final Kernel32 kernel32;
  private final Ole32 ole32;

  /** With the functions that give texts of codes and take strings back. */
  public Failures(Kernel32 kernel32, Ole32 ole32) {
    this.kernel32 = kernel32;
    this.ole32 = ole32;
  }

  /**
   * Calls a function that returns an HRESULT.
   *
   * @return the HRESULT; failures too, only a missing export throws
   */
  public int call(String function, IntSupplier call) {
    try {
      return call.getAsInt();
    } catch (UnsatisfiedLinkError missing) {
      HcsException failure =
          new HcsException(
              function,
              "",
              HcsErrors.PROC_NOT_FOUND,
              "Failed to find %s procedure in vmcompute.dll: %s"
                  .formatted(function, HcsErrors.text(HcsErrors.PROC_NOT_FOUND)),
              List.of());
      failure.initCause(missing);
      throw failure;
    }
  }

  /** Throws if the HRESULT is a failure. */
  public void check(int hresult, String function, String target) {
    check(hresult, function, target, "");
  }

  /** Throws if the HRESULT is a failure, with the events of the result document. */
  public void check(int hresult, String function, String target, String resultDocument) {
    if (hresult < 0) {
      throw failure(hresult, function, target, resultDocument);
    }
  }

  /** The exception for a failed HRESULT. */
  public HcsException failure(int hresult, String function, String target, String resultDocument) {
    int code = HcsErrors.codeOf(hresult);
    return new HcsException(
        function, target, code, text(code), ResultDocument.events(resultDocument));
  }

  /** The exception for the last error of this thread; read it right after the call. */
  public HcsException lastError(String function, String target) {
    return win32(Native.getLastError(), function, target);
  }

  /** The exception for a Win32 code. */
  public HcsException win32(int code, String function, String target) {
    return new HcsException(function, target, code, text(code), List.of());
  }

  /** English text of a code; what the system has no text for gets the well-known one. */
  public String text(int code) {
    for (int language : new int[] {ENGLISH, 0}) {
      char[] buffer = new char[300];
      int length =
          kernel32.FormatMessageW(
              FORMAT_FLAGS, Pointer.NULL, code, language, buffer, buffer.length, Pointer.NULL);
      if (length > 0) {
        return new String(buffer, 0, length).stripTrailing();
      }
    }
    return HcsErrors.text(code);
  }

  /** Copies and frees an output string; empty for NULL. */
  public String take(PointerByReference output) {
    Pointer text = output.getValue();
    if (text == null) {
      return "";
    }
    try {
      return Wide.of(text);
    } finally {
      output.setValue(Pointer.NULL);
      ole32.CoTaskMemFree(text);
    }
  }
}
