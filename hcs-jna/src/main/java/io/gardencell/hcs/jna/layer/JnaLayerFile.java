package io.gardencell.hcs.jna.layer;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import io.gardencell.hcs.FileBasicInfo;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.LayerFile;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.Kernel32;
import java.nio.ByteBuffer;
import java.util.List;

/** Owner of a file handle and of the context of its backup stream; one thread at a time. */
final class JnaLayerFile implements LayerFile {

  private static final int BUFFER_BYTES = 64 * 1024;

  private final Kernel32 kernel32;
  private final Failures failures;
  private final Pointer handle;
  private final String name;
  private final Memory buffer = new Memory(BUFFER_BYTES);
  private final PointerByReference writing = new PointerByReference();
  private final PointerByReference reading = new PointerByReference();
  private boolean closed;

  JnaLayerFile(Kernel32 kernel32, Failures failures, Pointer handle, String name) {
    this.kernel32 = kernel32;
    this.failures = failures;
    this.handle = handle;
    this.name = name;
  }

  @Override
  public void write(ByteBuffer bytes) {
    var written = new IntByReference();
    while (bytes.hasRemaining()) {
      int size = fill(bytes);
      if (!kernel32.WriteFile(handle, buffer, size, written, Pointer.NULL)) {
        throw failures.lastError("WriteFile", name);
      }
      all(size, written.getValue());
    }
  }

  @Override
  public void writeBackup(ByteBuffer bytes) {
    var written = new IntByReference();
    while (bytes.hasRemaining()) {
      int size = fill(bytes);
      if (!kernel32.BackupWrite(handle, buffer, size, written, false, true, writing)) {
        throw failures.lastError("BackupWrite", name);
      }
      all(size, written.getValue());
    }
  }

  private int fill(ByteBuffer bytes) {
    byte[] piece = new byte[Math.min(bytes.remaining(), BUFFER_BYTES)];
    bytes.get(piece);
    buffer.write(0, piece, 0, piece.length);
    return piece.length;
  }

  private void all(int size, int written) {
    if (written != size) {
      throw new HcsException(
          "BackupWrite", name, HcsErrors.DISK_FULL, "not all bytes could be written", List.of());
    }
  }

  @Override
  public int readBackup(ByteBuffer into) {
    var read = new IntByReference();
    int size = Math.min(into.remaining(), BUFFER_BYTES);
    if (!kernel32.BackupRead(handle, buffer, size, read, false, true, reading)) {
      throw failures.win32(Native.getLastError(), "BackupRead", name);
    }
    if (read.getValue() == 0) {
      return -1;
    }
    into.put(buffer.getByteArray(0, read.getValue()));
    return read.getValue();
  }

  @Override
  public void setBasicInfo(FileBasicInfo info) {
    BasicInfo.set(kernel32, failures, handle, name, info);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    var unused = new IntByReference();
    if (writing.getValue() != null) {
      kernel32.BackupWrite(handle, Pointer.NULL, 0, unused, true, false, writing);
    }
    if (reading.getValue() != null) {
      kernel32.BackupRead(handle, Pointer.NULL, 0, unused, true, false, reading);
    }
    kernel32.CloseHandle(handle);
    buffer.close();
  }
}
