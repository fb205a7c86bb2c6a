package io.gardencell.hcs.jna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Pointer;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.jna.win32.Kernel32;
import io.gardencell.hcs.jna.win32.NativeLibraries;
import io.gardencell.hcs.jna.win32.Wide;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writing to a handle by its number, on a Windows JVM: run by acceptance/win64/run.sh only. */
class HandleOutputIT {

  private static final int APPEND = 0x4;
  private static final int CREATE_NEW = 1;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @Test
  void whatIsWrittenGoesToTheHandle() throws Exception {
    Kernel32 kernel32 = NativeLibraries.load().kernel32();
    Path file = directory.resolve("log");
    Pointer handle =
        kernel32.CreateFileW(
            Wide.of(file.toString()), APPEND, 3, Pointer.NULL, CREATE_NEW, 0, Pointer.NULL);

    OutputStream out = new HcsHostProvider().openHandle(Pointer.nativeValue(handle));
    out.write("one line\n".getBytes(StandardCharsets.UTF_8));
    out.write('x');
    out.close();

    assertThat(kernel32.CloseHandle(handle)).as("the handle is its owner's").isTrue();
    assertThat(file).hasContent("one line\nx");
  }

  @Test
  void aNumberThatIsNoHandleIsRefused() {
    assertThatThrownBy(() -> new HcsHostProvider().openHandle(123_456_789))
        .isInstanceOfSatisfying(
            HcsException.class, e -> assertThat(e.code()).isEqualTo(HcsErrors.INVALID_HANDLE));
  }

  @Test
  void aFileAsStandardErrorIsNoTerminal() {
    Kernel32 kernel32 = NativeLibraries.load().kernel32();
    Path file = directory.resolve("err");
    Pointer handle =
        kernel32.CreateFileW(
            Wide.of(file.toString()), APPEND, 3, Pointer.NULL, CREATE_NEW, 0, Pointer.NULL);

    assertThat(HcsHostProvider.isTerminal(kernel32, handle)).isFalse();
    assertThat(new HcsHostProvider().isErrorTerminal()).as("of a run without a console").isFalse();

    assertThat(kernel32.CloseHandle(handle)).isTrue();
  }
}
