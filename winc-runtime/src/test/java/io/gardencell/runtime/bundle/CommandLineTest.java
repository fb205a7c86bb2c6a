package io.gardencell.runtime.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {

  // winc-runtime.md §18 case 39
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "cmd|cmd.exe",
        "cmd.exe|cmd.exe",
        "foo.EXE|foo.EXE",
        "x.com|x.com",
        "./a.cmd|a.cmd",
        "/tmp/lifecycle/launcher|\\tmp\\lifecycle\\launcher.exe",
        "a.b|a.b",
        "x.ps1|x.ps1",
        "foo.|foo..exe",
      })
  void programGetsAnExtensionOnlyIfItHasNone(String program, String text) {
    assertThat(CommandLine.of(List.of(program)).text()).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "g h\\|\"g h\\\\\"",
        "f\\|f\\",
        "q\"q|q\\\"q",
        "a\\\"b|a\\\\\\\"b",
        "\\\\\"|\\\\\\\\\\\"",
        "C:\\Program Files\\a|\"C:\\Program Files\\a\"",
        "^^|\"\"",
      })
  void argumentsAreQuotedAsTheCRuntimeReadsThem(String arg, String quoted) {
    assertThat(CommandLine.quote(arg)).isEqualTo(quoted);
  }

  // winc-runtime.md §18 case 40
  @Test
  void argumentsAreJoinedBySpaces() {
    assertThat(CommandLine.of(List.of("command.exe", "", "")).text())
        .isEqualTo("command.exe \"\" \"\"");
    assertThat(CommandLine.of(List.of("powershell.exe", "Write-Host 'hi'")).text())
        .isEqualTo("powershell.exe \"Write-Host 'hi'\"");
  }

  @Test
  void whatCannotBePassedIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> CommandLine.of(List.of("")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CommandLine.of(List.of("a", "x".repeat(40_000))))
        .withMessageContaining("fewer than 32767");
    assertThatIllegalArgumentException().isThrownBy(() -> CommandLine.of(List.of("a", "b\0c")));
  }
}
