package io.gardencell.hcs.jna.layer;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.NtDll;
import io.gardencell.hcs.jna.win32.ObjectAttributes;
import java.util.List;

/**
 * Opens names relative to a directory handle without ever following a reparse point (hcsshim:
 * internal/safefile/safeopen.go). Handles it gives are the caller's.
 */
final class NtFiles {

  static final int GENERIC_READ = 0x80000000;
  static final int GENERIC_WRITE = 0x40000000;
  static final int WRITE_DAC = 0x40000;
  static final int WRITE_OWNER = 0x80000;
  static final int ACCESS_SYSTEM_SECURITY = 0x1000000;
  static final int DELETE = 0x10000;
  static final int FILE_READ_ATTRIBUTES = 0x80;
  static final int FILE_WRITE_ATTRIBUTES = 0x100;
  static final int FILE_LIST_DIRECTORY = 0x1;

  static final int SHARE_READ = 1;
  static final int SHARE_ALL = 7;

  static final int OPEN = 1;
  static final int CREATE = 2;

  static final int DIRECTORY_FILE = 0x1;
  static final int OPEN_REPARSE_POINT = 0x200000;

  private static final int SYNCHRONIZE = 0x100000;
  private static final int OPEN_FOR_BACKUP = 0x4000;
  private static final int SYNCHRONOUS = 0x20;
  static final int IO_STATUS_BYTES = 16;
  private static final int MAX_CHARS = 32767;

  private final NtDll ntdll;
  private final Failures failures;

  NtFiles(NtDll ntdll, Failures failures) {
    this.ntdll = ntdll;
    this.failures = failures;
  }

  /**
   * Opens or creates a name below a directory.
   *
   * @param name relative, separated by backslashes; empty for the directory itself
   */
  Pointer open(Pointer root, String name, int access, int share, int disposition, int options) {
    checkName(name);
    try (ObjectAttributes attributes =
            new ObjectAttributes(root, name, ObjectAttributes.DONT_REPARSE);
        Memory status = new Memory(IO_STATUS_BYTES)) {
      var handle = new PointerByReference();
      int code =
          ntdll.NtCreateFile(
              handle,
              access | SYNCHRONIZE,
              attributes.pointer(),
              status,
              Pointer.NULL,
              0,
              share,
              disposition,
              options | OPEN_FOR_BACKUP | SYNCHRONOUS,
              Pointer.NULL,
              0);
      check(code, "NtCreateFile", name);
      return handle.getValue();
    }
  }

  /** NtSetInformationFile. */
  void set(Pointer handle, int infoClass, Memory info, String name) {
    try (Memory status = new Memory(IO_STATUS_BYTES)) {
      check(
          ntdll.NtSetInformationFile(handle, status, info, Math.toIntExact(info.size()), infoClass),
          "NtSetInformationFile",
          name);
    }
  }

  private void check(int status, String function, String name) {
    if (status < 0) {
      throw failures.win32(ntdll.RtlNtStatusToDosError(status), function, name);
    }
  }

  /** Refuses names that could lead elsewhere, before the system sees them. */
  static void checkName(String name) {
    String problem = null;
    if (name.indexOf(':') >= 0) {
      problem = "path contains invalid character `:`";
    } else if (name.startsWith("\\") || name.indexOf('/') >= 0) {
      problem = "expected relative path";
    } else if (List.of(name.split("\\\\", -1)).contains("..")) {
      problem = "path contains `..`";
    } else if (name.length() > MAX_CHARS) {
      problem = "path is longer than " + MAX_CHARS + " characters";
    }
    if (problem != null) {
      throw new HcsException(
          "NtCreateFile", name, HcsErrors.INVALID_NAME, name + ": " + problem, List.of());
    }
  }
}
