package io.gardencell.hcs.jna.layer;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.Kernel32;
import io.gardencell.hcs.jna.win32.Wide;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * Grows the file system of a scratch layer into its grown disk, which builds 18362 to 19019 forget
 * to do when they prepare the layer (hcsshim: internal/wclayer/expandscratchsize.go). Any thread.
 */
final class ScratchDisk {

  static final int STORAGE_TYPE_BYTES = 20;
  static final int PARAMETERS_BYTES = 28;
  static final int GET_LENGTH_INFO = 0x0007405C;
  static final int EXTEND_VOLUME = 0x000900F0;

  private static final int VERSION_2 = 2;
  private static final int FIRST_FORGETFUL_BUILD = 18362;
  private static final int FIRST_MENDED_BUILD = 19020;
  private static final long CLUSTER_BYTES = 4096;
  private static final long SECTORS_OF_A_CLUSTER = 8;
  private static final int GENERIC_READ_WRITE = 0xC0000000;
  private static final int SHARE_READ_WRITE = 0x3;
  private static final int OPEN_EXISTING = 3;
  private static final long INVALID_HANDLE = -1;

  private final VirtDisk virtDisk;
  private final Kernel32 kernel32;
  private final Failures failures;
  private final int build;

  /**
   * For one build of Windows.
   *
   * @param build the host's
   */
  ScratchDisk(VirtDisk virtDisk, Kernel32 kernel32, Failures failures, int build) {
    this.virtDisk = virtDisk;
    this.kernel32 = kernel32;
    this.failures = failures;
    this.build = build;
  }

  /** Whether this build has to be helped. */
  boolean isForgotten() {
    return build >= FIRST_FORGETFUL_BUILD && build < FIRST_MENDED_BUILD;
  }

  /**
   * Attaches the layer's disk, extends the volume on it, and lets go of the disk.
   *
   * @param volumeOf the name of the volume of a layer whose disk is attached
   */
  void extendVolume(Path layer, Function<Path, String> volumeOf) {
    Pointer disk = attach(layer.resolve("sandbox.vhdx").toString());
    try {
      extend(volumeOf.apply(layer));
    } finally {
      // which detaches it
      kernel32.CloseHandle(disk);
    }
  }

  private Pointer attach(String path) {
    var handle = new PointerByReference();
    try (Memory type = new Memory(STORAGE_TYPE_BYTES);
        Memory parameters = parameters()) {
      type.clear();
      int code = virtDisk.OpenVirtualDisk(type, Wide.of(path), 0, 0, parameters, handle);
      if (code != 0) {
        throw failures.win32(code, "OpenVirtualDisk", path);
      }
    }
    int code =
        virtDisk.AttachVirtualDisk(
            handle.getValue(), Pointer.NULL, 0, 0, Pointer.NULL, Pointer.NULL);
    if (code != 0) {
      kernel32.CloseHandle(handle.getValue());
      throw failures.win32(code, "AttachVirtualDisk", path);
    }
    return handle.getValue();
  }

  /** OPEN_VIRTUAL_DISK_PARAMETERS: version at 0, GetInfoOnly at 4, ReadOnly at 8, GUID at 12. */
  static Memory parameters() {
    Memory parameters = new Memory(PARAMETERS_BYTES);
    parameters.clear();
    parameters.setInt(0, VERSION_2);
    return parameters;
  }

  private void extend(String volume) {
    // with the backslash at its end the name would be the root folder's
    String device = volume.substring(0, volume.length() - 1);
    Pointer handle =
        kernel32.CreateFileW(
            Wide.of(device),
            GENERIC_READ_WRITE,
            SHARE_READ_WRITE,
            Pointer.NULL,
            OPEN_EXISTING,
            0,
            Pointer.NULL);
    if (Pointer.nativeValue(handle) == INVALID_HANDLE) {
      throw failures.lastError("CreateFileW", device);
    }
    try {
      long sectors = sectors(length(handle, device), size(volume));
      if (sectors > 0) {
        control(handle, EXTEND_VOLUME, sectors, device);
      }
    } finally {
      kernel32.CloseHandle(handle);
    }
  }

  /**
   * How large the volume is to become, in sectors; 0 if it fills the partition already. The last
   * cluster of a partition is NTFS's own.
   */
  static long sectors(long partitionBytes, long volumeBytes) {
    long clusters = partitionBytes / CLUSTER_BYTES;
    return volumeBytes / CLUSTER_BYTES + 1 < clusters ? clusters * SECTORS_OF_A_CLUSTER : 0;
  }

  private long length(Pointer handle, String device) {
    try (Memory length = new Memory(Long.BYTES)) {
      var returned = new IntByReference();
      if (!kernel32.DeviceIoControl(
          handle, GET_LENGTH_INFO, Pointer.NULL, 0, length, Long.BYTES, returned, Pointer.NULL)) {
        throw failures.lastError("DeviceIoControl GET_LENGTH_INFO", device);
      }
      return length.getLong(0);
    }
  }

  private long size(String volume) {
    var total = new LongByReference();
    if (!kernel32.GetDiskFreeSpaceExW(
        Wide.of(volume), new LongByReference(), total, new LongByReference())) {
      throw failures.lastError("GetDiskFreeSpaceExW", volume);
    }
    return total.getValue();
  }

  private void control(Pointer handle, int code, long value, String device) {
    try (Memory in = new Memory(Long.BYTES)) {
      in.setLong(0, value);
      var returned = new IntByReference();
      if (!kernel32.DeviceIoControl(
          handle, code, in, Long.BYTES, Pointer.NULL, 0, returned, Pointer.NULL)) {
        throw failures.lastError("DeviceIoControl EXTEND_VOLUME", device);
      }
    }
  }
}
