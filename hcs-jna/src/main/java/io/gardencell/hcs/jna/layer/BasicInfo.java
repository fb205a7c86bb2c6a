package io.gardencell.hcs.jna.layer;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.gardencell.hcs.FileBasicInfo;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.Kernel32;

/** FILE_BASIC_INFO, 40 bytes: four FILETIMEs from 0, attributes at 32. */
final class BasicInfo {

  static final int BYTES = 40;
  private static final int FILE_BASIC_INFO = 0;

  private BasicInfo() {}

  static FileBasicInfo get(Kernel32 kernel32, Failures failures, Pointer handle, String name) {
    try (Memory info = new Memory(BYTES)) {
      if (!kernel32.GetFileInformationByHandleEx(handle, FILE_BASIC_INFO, info, BYTES)) {
        throw failures.lastError("GetFileInformationByHandleEx", name);
      }
      return read(info);
    }
  }

  static void set(
      Kernel32 kernel32, Failures failures, Pointer handle, String name, FileBasicInfo value) {
    try (Memory info = write(value)) {
      if (!kernel32.SetFileInformationByHandle(handle, FILE_BASIC_INFO, info, BYTES)) {
        throw failures.lastError("SetFileInformationByHandle", name);
      }
    }
  }

  static FileBasicInfo read(Pointer info) {
    return new FileBasicInfo(
        info.getLong(0), info.getLong(8), info.getLong(16), info.getLong(24), info.getInt(32));
  }

  static Memory write(FileBasicInfo value) {
    Memory info = new Memory(BYTES);
    info.clear();
    info.setLong(0, value.creationTime());
    info.setLong(8, value.lastAccessTime());
    info.setLong(16, value.lastWriteTime());
    info.setLong(24, value.changeTime());
    info.setInt(32, value.attributes());
    return info;
  }
}
