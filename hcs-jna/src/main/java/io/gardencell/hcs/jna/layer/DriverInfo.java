package io.gardencell.hcs.jna.layer;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.gardencell.hcs.jna.win32.Wide;

/**
 * DriverInfo, 16 bytes: flavour at 0 (1 = filter driver), home directory at 8. hcsshim always
 * passes the same one with an empty home directory, and so do we; it lives as long as the process.
 */
final class DriverInfo {

  static final int BYTES = 16;
  private static final int FILTER_DRIVER = 1;

  private final Memory emptyHome = Wide.memory("");
  private final Memory struct = new Memory(BYTES);

  DriverInfo() {
    struct.clear();
    struct.setInt(0, FILTER_DRIVER);
    struct.setPointer(8, emptyHome);
  }

  Pointer pointer() {
    return struct;
  }
}
