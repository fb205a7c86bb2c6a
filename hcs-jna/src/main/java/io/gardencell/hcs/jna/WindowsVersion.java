package io.gardencell.hcs.jna;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import io.gardencell.hcs.jna.win32.Advapi32;
import io.gardencell.hcs.jna.win32.NtDll;
import io.gardencell.hcs.jna.win32.Wide;

/**
 * Version of Windows, from ntdll, which no manifest can mislead (OSVERSIONINFOEXW, 284 bytes: size
 * at 0, major at 4, minor at 8, build at 12), and its revision from the registry.
 *
 * @param build for example 17763 for Server 2019
 * @param revision the update, -1 if the registry does not tell
 */
record WindowsVersion(int major, int minor, int build, int revision) {

  static final int BYTES = 284;
  private static final long LOCAL_MACHINE = 0xFFFFFFFF80000002L;
  private static final int REG_DWORD_ONLY = 0x10;

  static WindowsVersion read(NtDll ntdll, Advapi32 advapi32) {
    try (Memory version = new Memory(BYTES)) {
      version.clear();
      version.setInt(0, BYTES);
      ntdll.RtlGetVersion(version);
      var revision = new IntByReference();
      int code =
          advapi32.RegGetValueW(
              Pointer.createConstant(LOCAL_MACHINE),
              Wide.of("SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"),
              Wide.of("UBR"),
              REG_DWORD_ONLY,
              new IntByReference(),
              revision,
              new IntByReference(4));
      return new WindowsVersion(
          version.getInt(4),
          version.getInt(8),
          version.getInt(12),
          code == 0 ? revision.getValue() : -1);
    }
  }

  /** For an operator. */
  @Override
  public String toString() {
    return "Windows build " + build + (revision < 0 ? "" : "." + revision);
  }
}
