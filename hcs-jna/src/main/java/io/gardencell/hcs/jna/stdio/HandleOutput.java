package io.gardencell.hcs.jna.stdio;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.Kernel32;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes to a handle this process has inherited, synchronously. The handle stays open: it is the
 * process's, not ours. One thread at a time.
 */
public final class HandleOutput extends OutputStream {

  private final Pointer handle;
  private final Kernel32 kernel32;
  private final Failures failures;

  private HandleOutput(Pointer handle, Kernel32 kernel32, Failures failures) {
    this.handle = handle;
    this.kernel32 = kernel32;
    this.failures = failures;
  }

  /** Checks that it is a handle at all (GetHandleInformation). */
  public static HandleOutput open(long number, Kernel32 kernel32, Failures failures) {
    Pointer handle = Pointer.createConstant(number);
    if (!kernel32.GetHandleInformation(handle, new IntByReference())) {
      throw failures.lastError("GetHandleInformation", Long.toUnsignedString(number));
    }
    return new HandleOutput(handle, kernel32, failures);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return;
    }
    try (Memory buffer = new Memory(length)) {
      buffer.write(0, bytes, offset, length);
      var written = new IntByReference();
      for (int done = 0; done < length; done += written.getValue()) {
        if (!kernel32.WriteFile(handle, buffer.share(done), length - done, written, Pointer.NULL)) {
          HcsException failure =
              failures.lastError("WriteFile", Long.toUnsignedString(Pointer.nativeValue(handle)));
          throw new IOException(failure.getMessage(), failure);
        }
      }
    }
  }
}
