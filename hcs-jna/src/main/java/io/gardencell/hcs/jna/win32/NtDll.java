package io.gardencell.hcs.jna.win32;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import org.jspecify.annotations.NullUnmarked;

/**
 * ntdll.dll: file access relative to a directory handle, jobs by name, and the version that cannot
 * be faked.
 */
@NullUnmarked
public interface NtDll extends Library {

  int NtCreateFile(
      PointerByReference handle,
      int access,
      Pointer objectAttributes,
      Pointer ioStatus,
      Pointer allocation,
      int attributes,
      int share,
      int disposition,
      int options,
      Pointer ea,
      int eaLength);

  int NtSetInformationFile(
      Pointer handle, Pointer ioStatus, Pointer info, int length, int infoClass);

  int NtOpenJobObject(PointerByReference job, int access, Pointer objectAttributes);

  int RtlNtStatusToDosError(int status);

  int RtlGetVersion(Pointer versionInfo);
}
