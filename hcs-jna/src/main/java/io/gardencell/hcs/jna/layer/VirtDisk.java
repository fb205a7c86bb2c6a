package io.gardencell.hcs.jna.layer;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.WString;
import com.sun.jna.ptr.PointerByReference;
import org.jspecify.annotations.NullUnmarked;

/** virtdisk.dll: virtual disks, as files. Win32 codes are the results. */
@NullUnmarked
interface VirtDisk extends Library {

  int OpenVirtualDisk(
      Pointer storageType,
      WString path,
      int accessMask,
      int flags,
      Pointer parameters,
      PointerByReference handle);

  int AttachVirtualDisk(
      Pointer disk,
      Pointer security,
      int flags,
      int providerFlags,
      Pointer parameters,
      Pointer overlapped);
}
