package io.gardencell.image.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {

  private final ArrayNode list = JsonNodeFactory.instance.arrayNode();

  private ObjectNode entry(String name, String os, String version) {
    ObjectNode entry = list.addObject().put("digest", name);
    ObjectNode platform = entry.putObject("platform").put("os", os).put("architecture", "amd64");
    if (!version.isEmpty()) {
      platform.put("os.version", version);
    }
    return entry;
  }

  private String chosen(int build) {
    return new Platform(build, false).choose(list).map(e -> e.path("digest").asText()).orElse("-");
  }

  // groot-image.md §23 cases 62 and 63
  @Test
  void choosesTheBuildThatTheHostCanRun() {
    entry("ltsc2022", "windows", "10.0.20348.1");
    entry("ltsc2019", "windows", "10.0.17763.1");

    assertThat(chosen(17763)).isEqualTo("ltsc2019");
    assertThat(chosen(20348)).isEqualTo("ltsc2022");
    assertThat(chosen(26100)).isEqualTo("ltsc2022");
    assertThat(chosen(26200)).isEqualTo("-");
    assertThat(chosen(14393)).isEqualTo("-");
  }

  // hcs-abi.md §18 case 39
  @ParameterizedTest
  @CsvSource({
    "17763, 17763, true",
    "17763, 17134, false",
    "20348, 17763, false",
    "20348, 20348, true",
    "25398, 20348, true",
    "26100, 20348, true",
    "26100, 25398, true",
    "26200, 20348, false",
    "26200, 26100, true"
  })
  void hostsRunTheBuildsThatWindowsSaysTheyDo(int host, int image, boolean runs) {
    entry("image", "windows", "10.0." + image + ".1");

    assertThat(chosen(host)).isEqualTo(runs ? "image" : "-");
  }

  // groot-image.md §23 case 64
  @Test
  void prefersTheHostsOwnBuildThenTheHigherRevision() {
    entry("newer", "windows", "10.0.25398.1");
    entry("a", "windows", "10.0.20348.100");
    entry("b", "windows", "10.0.20348.2402");
    entry("c", "windows", "10.0.20348.999");

    assertThat(chosen(20348)).isEqualTo("b");
    assertThat(chosen(25398)).isEqualTo("newer");
    assertThat(chosen(26100)).isEqualTo("newer");
  }

  // groot-image.md §23 cases 61 and 65
  @Test
  void skipsAttestationsAndOtherSystems() {
    entry("attestation", "unknown", "").withObject("/platform").put("architecture", "unknown");
    entry("linux", "linux", "");
    assertThat(chosen(20348)).isEqualTo("-");
    assertThat(new Platform(20348, false).missing("manifest list"))
        .isEqualTo(
            "choosing image instance: no image found in manifest list for architecture \"amd64\","
                + " variant \"\", OS \"windows\" compatible with host 10.0.20348");

    entry("windows", "windows", "");
    assertThat(chosen(20348)).isEqualTo("windows");
    assertThat(new Platform(0, true).choose(list).orElseThrow().path("digest").asText())
        .isEqualTo("windows");
  }

  // groot-image.md §23 case 66
  @Test
  void prefersGzipOverItsZstdSibling() {
    entry("zstd", "windows", "10.0.20348.1")
        .putObject("annotations")
        .put("io.github.containers.compression.zstd", "true");
    entry("gzip", "windows", "10.0.20348.1");

    assertThat(chosen(20348)).isEqualTo("gzip");
  }

  @Test
  void takesAnEntryWithoutAPlatformLast() {
    list.addObject().put("digest", "any");
    assertThat(chosen(20348)).isEqualTo("any");
    entry("windows", "windows", "");
    assertThat(chosen(20348)).isEqualTo("windows");
  }

  @Test
  void takesALinuxImageOnlyWhereThatIsAllowed() {
    entry("linux", "linux", "");
    assertThat(new Platform(0, true).choose(list)).isPresent();
    assertThat(new Platform(0, false).choose(list)).isEmpty();
  }
}
