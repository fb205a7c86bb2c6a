package io.gardencell.hcs.jna.layer;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.jna.win32.Advapi32;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.Kernel32;
import io.gardencell.hcs.jna.win32.Wide;
import java.util.List;

/**
 * The privileges to back up and restore, enabled for the process once and never taken back:
 * toggling them, as groot does, takes them away from whoever unpacks at the same time.
 */
final class Privileges {

  private static final int ADJUST_AND_QUERY = 0x28;
  private static final int ENABLED = 2;
  private static final int NOT_ALL_ASSIGNED = 1300;
  private static final int LUID_AND_ATTRIBUTES_BYTES = 12;
  private static final List<String> NAMES = List.of("SeBackupPrivilege", "SeRestorePrivilege");

  private final Advapi32 advapi32;
  private final Kernel32 kernel32;
  private final Failures failures;
  private boolean enabled;

  Privileges(Advapi32 advapi32, Kernel32 kernel32, Failures failures) {
    this.advapi32 = advapi32;
    this.kernel32 = kernel32;
    this.failures = failures;
  }

  synchronized void enableBackupAndRestore() {
    if (enabled) {
      return;
    }
    var token = new PointerByReference();
    if (!advapi32.OpenProcessToken(kernel32.GetCurrentProcess(), ADJUST_AND_QUERY, token)) {
      throw failures.lastError("OpenProcessToken", "");
    }
    try (Memory request = new Memory(bytes())) {
      request.setInt(0, NAMES.size());
      for (int i = 0; i < NAMES.size(); i++) {
        Pointer luid = request.share(4 + (long) i * LUID_AND_ATTRIBUTES_BYTES);
        if (!advapi32.LookupPrivilegeValueW(Wide.of(""), Wide.of(NAMES.get(i)), luid)) {
          throw failures.lastError("LookupPrivilegeValueW", NAMES.get(i));
        }
        luid.setInt(8, ENABLED);
      }
      boolean done =
          advapi32.AdjustTokenPrivileges(
              token.getValue(), false, request, bytes(), Pointer.NULL, null);
      int error = Native.getLastError();
      if (!done || error == NOT_ALL_ASSIGNED) {
        throw new HcsException(
            "AdjustTokenPrivileges",
            String.join(", ", NAMES),
            error,
            "Could not enable privileges \"Back up files and directories\", \"Restore files and"
                + " directories\"",
            List.of());
      }
      enabled = true;
    } finally {
      kernel32.CloseHandle(token.getValue());
    }
  }

  /** TOKEN_PRIVILEGES for both: a count and two entries, packed. */
  static int bytes() {
    return 4 + NAMES.size() * LUID_AND_ATTRIBUTES_BYTES;
  }
}
