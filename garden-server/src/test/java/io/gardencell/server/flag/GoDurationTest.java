package io.gardencell.server.flag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "+0, 0",
    "300ms, 300000000",
    "1m30s, 90000000000",
    "1.5h, 5400000000000",
    ".5s, 500000000",
    "2.s, 2000000000",
    "-5ns, -5",
    "1us2ns, 1002",
    "1µs, 1000",
    "9223372036854775807ns, 9223372036854775807"
  })
  void aDurationIsReadAsGoReadsIt(String text, long nanos) {
    assertThat(GoDuration.parse(text)).isEqualTo(Duration.ofNanos(nanos));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "1 s", "1S", "1d", "--1s", "1s-1s", "1e3s", "300000h0x"})
  void anythingElseIsNone(String text) {
    assertThatThrownBy(() -> GoDuration.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"9223372036854775808ns", "2562048h"})
  void whatDoesNotFitIntoNanosecondsIsRefused(String text) {
    assertThatThrownBy(() -> GoDuration.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "10s", "1m30s", "1h", "25h1m1s", "300000000ns", "-5ns"})
  void theTextOfADurationIsReadAsTheSame(String text) {
    assertThat(GoDuration.text(GoDuration.parse(text))).isEqualTo(text);
  }
}
