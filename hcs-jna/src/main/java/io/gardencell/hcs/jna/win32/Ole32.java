package io.gardencell.hcs.jna.win32;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import org.jspecify.annotations.NullUnmarked;

/** ole32.dll: COM, and the allocator of HCS's result strings. */
@NullUnmarked
public interface Ole32 extends Library {

  int CoInitializeEx(Pointer reserved, int model);

  void CoUninitialize();

  int CoCreateInstance(
      Pointer classId, Pointer outer, int context, Pointer interfaceId, PointerByReference object);

  void CoTaskMemFree(Pointer memory);
}
