package io.gardencell.hcs.jna.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.gardencell.hcs.jna.ScriptedLibrary;
import io.gardencell.hcs.jna.win32.Advapi32;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.Kernel32;
import io.gardencell.hcs.jna.win32.Ole32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the system is asked for both privileges; advapi32 is answered for. */
class PrivilegesTest {

  private final ScriptedLibrary<Advapi32> advapi32 = new ScriptedLibrary<>(Advapi32.class);
  private final ScriptedLibrary<Kernel32> kernel32 =
      new ScriptedLibrary<>(Kernel32.class).on("FormatMessageW", arguments -> 0);
  private final Privileges privileges =
      new Privileges(
          advapi32.dll(),
          kernel32.dll(),
          new Failures(kernel32.dll(), new ScriptedLibrary<>(Ole32.class).dll()));
  private int lastError;

  @BeforeEach
  void answer() {
    advapi32.on(
        "LookupPrivilegeValueW",
        arguments -> {
          ((Pointer) arguments[2])
              .setInt(0, arguments[1].toString().equals("SeBackupPrivilege") ? 17 : 18);
          return true;
        });
    advapi32.on(
        "AdjustTokenPrivileges",
        arguments -> {
          Pointer request = (Pointer) arguments[2];
          assertThat(arguments[3]).isEqualTo(28);
          assertThat(request.getInt(0)).isEqualTo(2);
          assertThat(request.getInt(4)).isEqualTo(17);
          assertThat(request.getInt(12)).isEqualTo(2);
          assertThat(request.getInt(16)).isEqualTo(18);
          assertThat(request.getInt(24)).isEqualTo(2);
          Native.setLastError(lastError);
          return true;
        });
  }

  // hcs-abi.md §18 case 26
  @Test
  void bothAreEnabledTogetherAndOnce() {
    privileges.enableBackupAndRestore();
    privileges.enableBackupAndRestore();

    assertThat(advapi32.calls().stream().filter("AdjustTokenPrivileges"::equals)).hasSize(1);
    assertThat(kernel32.calls()).endsWith("CloseHandle");
  }

  // hcs-abi.md §18 case 26
  @Test
  void successWithCode1300MeansThatNotAllAreHeld() {
    lastError = 1300;

    assertThatThrownBy(privileges::enableBackupAndRestore)
        .hasMessageContaining("\"Back up files and directories\"")
        .hasMessageContaining("\"Restore files and directories\"");
    assertThat(kernel32.calls()).endsWith("CloseHandle");
    lastError = 0;
    privileges.enableBackupAndRestore();
  }
}
