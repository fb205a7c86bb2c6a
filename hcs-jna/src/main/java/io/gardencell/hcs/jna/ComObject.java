package io.gardencell.hcs.jna;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.Pointer;

/** A COM interface pointer, called by vtable slot; released when closed. On the COM thread only. */
final class ComObject implements AutoCloseable {

  private static final int RELEASE = 2;

  private final Pointer self;

  ComObject(Pointer self) {
    this.self = self;
  }

  /**
   * Calls the method of a slot, counted from 0 with IUnknown's three; {@code this} is put first.
   */
  int call(int slot, Object... arguments) {
    Object[] all = new Object[arguments.length + 1];
    all[0] = self;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    Pointer method = self.getPointer(0).getPointer((long) slot * Native.POINTER_SIZE);
    return Function.getFunction(method).invokeInt(all);
  }

  @Override
  public void close() {
    call(RELEASE);
  }
}
