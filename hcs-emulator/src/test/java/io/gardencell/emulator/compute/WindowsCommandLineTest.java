package io.gardencell.emulator.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WindowsCommandLineTest {

  @Test
  void followsTheMicrosoftRules() {
    assertThat(WindowsCommandLine.parse("a \"b c\" d")).isEqualTo(List.of("a", "b c", "d"));
    assertThat(WindowsCommandLine.parse("a \"ab\\\"c\" \"\\\\\" d"))
        .isEqualTo(List.of("a", "ab\"c", "\\", "d"));
    assertThat(WindowsCommandLine.parse("a a\\\\\\b d\"e f\"g h"))
        .isEqualTo(List.of("a", "a\\\\\\b", "de fg", "h"));
    assertThat(WindowsCommandLine.parse("a a\\\\\\\"b c d"))
        .isEqualTo(List.of("a", "a\\\"b", "c", "d"));
    assertThat(WindowsCommandLine.parse("a a\\\\\\\\\"b c\" d e"))
        .isEqualTo(List.of("a", "a\\\\b c", "d", "e"));
    assertThat(WindowsCommandLine.parse("\"C:\\a b\\c.exe\" \"\""))
        .isEqualTo(List.of("C:\\a b\\c.exe", ""));
  }
}
