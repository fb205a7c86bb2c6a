package io.gardencell.runtime.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowsPathsTest {

  // winc-runtime.md §18 case 28
  @ParameterizedTest
  @CsvSource({"C:\\layers\\sha,sha", "C:\\layers\\sha\\,sha", "/layers/sha/,sha", "sha,sha"})
  void theLastElementNamesALayer(String path, String name) {
    assertThat(WindowsPaths.lastElement(path)).isEqualTo(name);
  }

  // winc-runtime.md §18 case 23
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|C:.|false",
        "/|C:\\|true",
        "/home/x|C:\\home\\x|true",
        "/tmp/|C:\\tmp|true",
        "\\a|C:\\a|true",
        "/a//b|C:\\a\\b|true",
        "/..|C:\\|true",
        "home|C:home|false",
        "C:foo|C:foo|false",
        "C:|C:.|false",
        ".|C:.|false",
        "c:/a/../b|c:\\b|true",
        "D:/x/|D:\\x|true",
        "\\\\srv\\share\\x|\\\\srv\\share\\x|true",
        "//a/b/c|\\\\a\\b\\c|true",
        "\\\\?\\C:\\a|\\\\?\\C:\\a|true",
        "\\\\.\\pipe\\x|\\\\.\\pipe\\x|true",
        "/c:/y|C:\\c:\\y|true",
      })
  void containerPathIsMadeAWindowsPath(String path, String result, boolean absolute) {
    assertThat(WindowsPaths.inContainer(path)).isEqualTo(result);
    assertThat(WindowsPaths.isAbsolute(result)).isEqualTo(absolute);
  }
}
