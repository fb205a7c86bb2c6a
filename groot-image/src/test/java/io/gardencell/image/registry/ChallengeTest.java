package io.gardencell.image.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChallengeTest {

  @Test
  void readsQuotedValuesWithCommasAndEscapes() {
    Challenge c =
        Challenge.first(List.of("Bearer realm=\"https://a/t?x=1,2\",Service=reg, scope=\"a\\\"b\""))
            .orElseThrow();

    assertThat(c.scheme()).isEqualTo("bearer");
    assertThat(c.parameters())
        .isEqualTo(Map.of("realm", "https://a/t?x=1,2", "service", "reg", "scope", "a\"b"));
  }

  // groot-image.md §7.7.1: several challenges in one line are separated
  @Test
  void separatesChallengesOfOneHeader() {
    assertThat(Challenge.all("Negotiate, Basic realm=\"x\", Bearer realm=\"y\""))
        .containsExactly(
            new Challenge("negotiate", Map.of()),
            new Challenge("basic", Map.of("realm", "x")),
            new Challenge("bearer", Map.of("realm", "y")));
  }

  @Test
  void takesTheFirstThatCanBeAnswered() {
    assertThat(Challenge.first(List.of("Digest a=b", "BASIC", "Bearer realm=\"y\"")))
        .contains(new Challenge("basic", Map.of()));
    assertThat(Challenge.first(List.of("Digest a=b", "="))).isEmpty();
  }

  @Test
  void readsRetryAfterAsSecondsOrDate() {
    Instant now = Instant.parse("2026-01-02T03:04:05Z");
    assertThat(HttpTransport.retryAfter("7", now)).contains(Duration.ofSeconds(7));
    assertThat(HttpTransport.retryAfter("Fri, 02 Jan 2026 03:04:35 GMT", now))
        .contains(Duration.ofSeconds(30));
    assertThat(HttpTransport.retryAfter("Fri, 02 Jan 2026 03:04:00 GMT", now)).isEmpty();
    assertThat(HttpTransport.retryAfter("soon", now)).isEmpty();
  }
}
