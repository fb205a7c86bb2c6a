package io.gardencell.hcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link HostQuota} does (hcs-abi.md section 12). */
public abstract class HostQuotaContract extends HostContract {

  private static final String ABSENT = "\\\\?\\Volume{11111111-2222-3333-4444-555555555555}\\";

  private HostQuota quota;
  private String volume;

  @BeforeEach
  void prepareVolume() {
    quota = host().quota();
    volume = volumeOf(preparedLayer());
  }

  // hcs-abi.md §18 case 34: NOT_FOUND on read
  @Test
  void knowsNoUsageWithoutALimit() {
    assertThat(quota.used(volume)).isEmpty();
  }

  @Test
  void countsWhatWasWrittenAndNotWhatTheLayersBrought() throws IOException {
    quota.setLimit(volume, 10_000_000);
    long before = quota.used(volume).orElseThrow();
    assertThat(before).isLessThan(10_000);
    Path contents = fixture().contents(volume).orElseThrow();

    Files.write(contents.resolve("written"), new byte[50_000]);

    assertThat(quota.used(volume).orElseThrow() - before).isBetween(50_000L, 80_000L);
    Files.delete(contents.resolve("written"));
    assertThat(quota.used(volume)).contains(before);
  }

  // hcs-abi.md §18 case 34, groot-image.md §23 case 131: ALREADY_EXISTS is an update
  @Test
  void changesALimit() {
    quota.setLimit(volume, 10_000_000);
    quota.setLimit(volume, 20_000_000);
    assertThat(quota.used(volume)).isPresent();
  }

  @Test
  void refusesALimitBelowTheSmallest() {
    assertThatThrownBy(() -> quota.setLimit(volume, 1023))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1023");
    assertThat(quota.used(volume)).isEmpty();
  }

  @Test
  void refusesAVolumeThatIsNotThere() {
    assertThatThrownBy(() -> quota.setLimit(ABSENT, 10_000_000)).isInstanceOf(HcsException.class);
  }

  @Test
  void isOfOneVolumeOnly() {
    quota.setLimit(volume, 10_000_000);
    assertThat(quota.used(volumeOf(preparedLayer()))).isEmpty();
  }

  @Test
  void survivesARestart() {
    quota.setLimit(volume, 10_000_000);
    assertThat(reopened().quota().used(volume)).isPresent();
  }
}
