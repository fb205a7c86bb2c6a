package io.gardencell.hcs.jna.stdio;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import io.gardencell.hcs.jna.win32.Kernel32;
import io.gardencell.hcs.jna.win32.NativeLibraries;
import io.gardencell.hcs.jna.win32.Wide;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Overlapped input and output of the system itself: run by acceptance/win64/run.sh only. */
class OverlappedIT {

  private static final int GENERIC_WRITE = 0x40000000;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  // hcs-abi.md §10: the way without a completion port
  @Test
  void anOverlappedWriteIsWaitedForAndFlushed() throws Exception {
    Path file = directory.resolve("overlapped");
    Kernel32 kernel32 = NativeLibraries.load().kernel32();
    int overlapped = 0x40000000;
    int createAlways = 2;
    Pointer handle =
        kernel32.CreateFileW(
            Wide.of(file.toString()),
            GENERIC_WRITE,
            0,
            Pointer.NULL,
            createAlways,
            overlapped,
            Pointer.NULL);
    try (Memory operation = new Memory(PipeChannel.OVERLAPPED_BYTES);
        Memory bytes = new Memory(5)) {
      operation.clear();
      bytes.write(0, "hello".getBytes(StandardCharsets.US_ASCII), 0, 5);
      var written = new IntByReference();

      kernel32.WriteFile(handle, bytes, 5, null, operation);

      assertThat(kernel32.GetOverlappedResult(handle, operation, written, true)).isTrue();
      assertThat(written.getValue()).isEqualTo(5);
      assertThat(kernel32.FlushFileBuffers(handle)).isTrue();
    } finally {
      kernel32.CloseHandle(handle);
    }
    assertThat(Files.readString(file)).isEqualTo("hello");
  }
}
