package io.gardencell.image.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OciPathTest {

  // groot-image.md §23 cases 21, 22, 23, 24, 25, 26: references of oci:///C:/img/foo and so on
  @ParameterizedTest
  @CsvSource({
    "//C:/img/foo, C:\\img\\foo, ''",
    "///C:/img/foo, C:\\img\\foo, ''",
    "//img/foo:latest, C:\\img\\foo, latest",
    "//C:\\img\\foo:t, C:\\img\\foo, t",
    "//C:/img:@1, C:\\img, @1",
    "//server/share/x, C:\\server\\share\\x, ''",
    "//C:/img/../foo/./bar, C:\\foo\\bar, ''"
  })
  void followsTheRulesOfWindows(String reference, String path, String image) {
    assertThat(OciPath.parse(reference, OciPath.Rules.WINDOWS)).isEqualTo(new OciPath(path, image));
  }

  @ParameterizedTest
  @CsvSource({"//tmp/image, /tmp/image, ''", "//tmp/image:a/b-c.d, /tmp/image, a/b-c.d"})
  void followsTheRulesOfTheHostElsewhere(String reference, String path, String image) {
    assertThat(OciPath.parse(reference, OciPath.Rules.NATIVE)).isEqualTo(new OciPath(path, image));
  }

  @Test
  void refusesWhatIsNoName() {
    assertThatThrownBy(() -> OciPath.parse("//C:/img:a b", OciPath.Rules.WINDOWS))
        .hasMessage("parsing url failed: Invalid image a b");
  }
}
