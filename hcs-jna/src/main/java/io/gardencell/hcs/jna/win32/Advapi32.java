package io.gardencell.hcs.jna.win32;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.WString;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import org.jspecify.annotations.NullUnmarked;

/** advapi32.dll: privileges of the process, and the registry value that names the revision. */
@NullUnmarked
public interface Advapi32 extends Library {

  boolean OpenProcessToken(Pointer process, int access, PointerByReference token);

  boolean LookupPrivilegeValueW(WString system, WString name, Pointer luid);

  boolean AdjustTokenPrivileges(
      Pointer token,
      boolean disableAll,
      Pointer privileges,
      int size,
      Pointer previous,
      IntByReference returned);

  int RegGetValueW(
      Pointer key,
      WString subKey,
      WString value,
      int flags,
      IntByReference type,
      IntByReference data,
      IntByReference size);
}
