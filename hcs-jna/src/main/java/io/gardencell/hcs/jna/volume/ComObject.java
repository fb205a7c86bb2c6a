package io.gardencell.hcs.jna.volume;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.Guid;
import io.gardencell.hcs.jna.win32.Ole32;

/** A COM interface pointer, called by vtable slot; released when closed. On the COM thread only. */
final class ComObject implements AutoCloseable {

  private final Pointer self;

  ComObject(Pointer self) {
    this.self = self;
  }

  /**
   * Makes an object of a class.
   *
   * @param context CLSCTX_INPROC_SERVER 0x1 or CLSCTX_LOCAL_SERVER 0x4
   * @param name of the class, for messages
   */
  static ComObject create(
      Ole32 ole32,
      Failures failures,
      String classId,
      int context,
      String interfaceId,
      String name) {
    var object = new PointerByReference();
    try (Memory clsid = guid(classId);
        Memory iid = guid(interfaceId)) {
      failures.check(
          ole32.CoCreateInstance(clsid, Pointer.NULL, context, iid, object),
          "CoCreateInstance",
          name);
    }
    return new ComObject(object.getValue());
  }

  private static Memory guid(String text) {
    Memory memory = new Memory(Guid.BYTES);
    memory.write(0, Guid.bytes(text), 0, Guid.BYTES);
    return memory;
  }

  /** Calls a method; {@code this} is put first. */
  int call(ComMethod of, Object... arguments) {
    Object[] all = new Object[arguments.length + 1];
    all[0] = self;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    Pointer method = self.getPointer(0).getPointer((long) of.slot() * Native.POINTER_SIZE);
    return Function.getFunction(method).invokeInt(all);
  }

  @Override
  public void close() {
    call(ComMethod.RELEASE);
  }
}
