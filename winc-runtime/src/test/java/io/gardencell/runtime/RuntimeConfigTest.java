package io.gardencell.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** winc-runtime.md §15: the reference's time-outs. */
class RuntimeConfigTest {

  private static final RuntimeConfig DEFAULTS = RuntimeConfig.defaults(Path.of("data"));

  @Test
  void theDefaultsAreTheReferences() {
    assertThat(DEFAULTS)
        .isEqualTo(
            new RuntimeConfig(
                Path.of("data", "winc"),
                null,
                null,
                null,
                Duration.ofMinutes(4),
                Duration.ofMinutes(4),
                Duration.ofSeconds(60),
                Duration.ofSeconds(60),
                Duration.ofSeconds(1),
                ""));
  }

  @Test
  void hcsshimsVariablesCount() {
    RuntimeConfig config =
        DEFAULTS.withEnvironment(
            Map.of(
                "HCSSHIM_TIMEOUT_SYSTEMCREATE", "7",
                "HCSSHIM_TIMEOUT_SYSTEMSTART", "600",
                "HCSSHIM_CREATECONTAINER_ADDITIONALJSON", "{}"));

    assertThat(config.createTimeout()).isEqualTo(Duration.ofSeconds(7));
    assertThat(config.startTimeout()).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.additionalJson()).isEqualTo("{}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-5", "1.5", "4m", "99999999999999999999"})
  void aTimeThatIsNoPositiveNumberOfSecondsDoesNotCount(String value) {
    assertThat(
            DEFAULTS.withEnvironment(
                Map.of(
                    "HCSSHIM_TIMEOUT_SYSTEMCREATE", value, "HCSSHIM_TIMEOUT_SYSTEMSTART", value)))
        .isEqualTo(DEFAULTS);
  }
}
