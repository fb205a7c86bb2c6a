package io.gardencell.hcs.jna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Memory;
import com.sun.jna.Platform;
import com.sun.jna.ptr.IntByReference;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.jna.win32.Advapi32;
import io.gardencell.hcs.jna.win32.NtDll;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The real host on a system that is not Windows, and the version it tells. */
class HcsHostProviderTest {

  @Test
  void theRealHostRefusesToOpenElsewhere() {
    Assumptions.assumeFalse(Platform.isWindows(), "on Windows VmComputeIT opens it");
    assertThatThrownBy(
            () -> new HcsHostProvider().open(new HostOptions(Path.of("data").toAbsolutePath())))
        .hasMessageContaining("is not Windows");
  }

  // hcs-abi.md §18 case 38
  @Test
  void theVersionStructSaysItsSizeAndHasTheBuildAt12() {
    var ntdll =
        new ScriptedLibrary<>(NtDll.class)
            .on(
                "RtlGetVersion",
                arguments -> {
                  Memory version = (Memory) arguments[0];
                  assertThat(version.size()).isEqualTo(284);
                  assertThat(version.getInt(0)).isEqualTo(284);
                  version.setInt(4, 10);
                  version.setInt(8, 0);
                  version.setInt(12, 17763);
                  return 0;
                });
    var advapi32 = new ScriptedLibrary<>(Advapi32.class);
    advapi32.on(
        "RegGetValueW",
        arguments -> {
          assertThat(arguments[1]).hasToString("SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion");
          assertThat(arguments[2]).hasToString("UBR");
          ((IntByReference) arguments[5]).setValue(5122);
          return 0;
        });

    WindowsVersion version = WindowsVersion.read(ntdll.dll(), advapi32.dll());

    assertThat(version).isEqualTo(new WindowsVersion(10, 0, 17763, 5122));
    assertThat(version).hasToString("Windows build 17763.5122");
    advapi32.on("RegGetValueW", arguments -> 2);
    assertThat(WindowsVersion.read(ntdll.dll(), advapi32.dll())).hasToString("Windows build 17763");
  }
}
