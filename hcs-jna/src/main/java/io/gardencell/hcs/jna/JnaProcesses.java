package io.gardencell.hcs.jna;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HostProcess;
import io.gardencell.hcs.HostProcesses;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.Kernel32;
import java.util.Optional;

/** Processes of the host by pid; any thread. */
final class JnaProcesses implements HostProcesses {

  private static final int QUERY_INFORMATION = 0x0400;
  private static final int STILL_ACTIVE = 259;

  private final Kernel32 kernel32;
  private final Failures failures;

  JnaProcesses(Kernel32 kernel32, Failures failures) {
    this.kernel32 = kernel32;
    this.failures = failures;
  }

  @Override
  public Optional<HostProcess> find(long pid) {
    Pointer handle = kernel32.OpenProcess(QUERY_INFORMATION, false, Math.toIntExact(pid));
    if (handle == null) {
      int error = Native.getLastError();
      if (error == HcsErrors.INVALID_PARAMETER) {
        return Optional.empty();
      }
      throw failures.win32(error, "OpenProcess", Long.toString(pid));
    }
    try {
      var code = new IntByReference();
      if (!kernel32.GetExitCodeProcess(handle, code)) {
        throw failures.lastError("GetExitCodeProcess", Long.toString(pid));
      }
      var creation = new LongByReference();
      var unused = new LongByReference();
      if (!kernel32.GetProcessTimes(
          handle, creation, new LongByReference(), new LongByReference(), unused)) {
        throw failures.lastError("GetProcessStartTime", Long.toString(pid));
      }
      return Optional.of(
          new HostProcess(pid, creation.getValue(), code.getValue() == STILL_ACTIVE));
    } finally {
      kernel32.CloseHandle(handle);
    }
  }
}
