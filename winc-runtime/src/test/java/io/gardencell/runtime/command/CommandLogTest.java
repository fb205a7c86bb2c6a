package io.gardencell.runtime.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** winc-runtime.md §13: the two formats of the command's log. */
class CommandLogTest {

  private final TimeZone before = TimeZone.getDefault();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @BeforeEach
  void liveFarFromGreenwich() {
    TimeZone.setDefault(TimeZone.getTimeZone("GMT+11"));
  }

  @AfterEach
  void goHome() {
    TimeZone.setDefault(before);
    CommandLog.attach(OutputStream.nullOutputStream(), true, false);
  }

  // winc-runtime.md §17.22
  @Test
  void aJsonLineHasItsKeysInOrderAndItsTimeInUtc() throws IOException {
    CommandLog.attach(out, true, false);
    log().atWarn().addKeyValue("containerId", "c1").log("bad \"news\"");

    assertThat(text())
        .startsWith(
            "{\"containerId\":\"c1\",\"level\":\"warning\",\"msg\":\"bad \\\"news\\\"\",\"time\":\"")
        .endsWith("\"}\n");
    JsonNode line = new ObjectMapper().readTree(text());
    assertThat(line.path("time").asText()).matches("....-..-..T..:..:..\\.\\d{9}Z");
    assertThat(Duration.between(Instant.parse(line.path("time").asText()), Instant.now()).abs())
        .isLessThan(Duration.ofMinutes(5));
  }

  @Test
  void aTextLineQuotesWhatNeedsIt() {
    CommandLog.attach(out, false, true);
    log().atDebug().addKeyValue("containerId", "c1").log("creating container");
    log().atError().addKeyValue("mount", "C:\\a b").log("gone");

    assertThat(text().lines())
        .satisfiesExactly(
            first ->
                assertThat(first)
                    .matches("time=\"....-..-..T..:..:..Z\" level=debug .*")
                    .endsWith(" msg=\"creating container\" containerId=c1"),
            second -> assertThat(second).endsWith(" level=error msg=gone mount=\"C:\\\\a b\""));
  }

  @Test
  void stepsAreLoggedOnlyWhenDebugging() {
    CommandLog.attach(out, true, false);
    log().atDebug().log("creating container");

    assertThat(text()).isEmpty();
  }

  private static Logger log() {
    return LoggerFactory.getLogger(CommandLogTest.class);
  }

  private String text() {
    return out.toString(StandardCharsets.UTF_8);
  }
}
