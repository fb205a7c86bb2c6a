package io.gardencell.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.event.KeyValuePair;

class LagerEncoderTest {

  private final LagerEncoder encoder = new LagerEncoder(TimeFormat.RFC3339);

  private static LoggingEvent event(Level level, String text, Map<String, String> context) {
    LoggingEvent event = new LoggingEvent();
    event.setLoggerContext(new LoggerContext());
    event.setLoggerName("any");
    event.setLevel(level);
    event.setMessage(text);
    event.setMDCPropertyMap(context);
    event.setInstant(Instant.parse("2026-11-24T06:42:38.456634Z"));
    return event;
  }

  private String line(ILoggingEvent event) {
    return new String(encoder.encode(event), StandardCharsets.UTF_8);
  }

  // guardian.md §16
  @Test
  void aLineIsWhatTheReferenceWrites() {
    LoggingEvent event = event(Level.INFO, "guardian.create.start", Map.of("session", "5"));
    event.addKeyValuePair(new KeyValuePair("handle", "h"));

    assertThat(line(event))
        .isEqualTo(
            "{\"timestamp\":\"2026-11-24T06:42:38.456634000Z\",\"level\":\"info\","
                + "\"source\":\"guardian\",\"message\":\"guardian.create.start\","
                + "\"data\":{\"session\":\"5\",\"handle\":\"h\"}}\n");
  }

  // garden-api.md §13
  @Test
  void aLineOfARequestIsNamedAfterIt() throws IOException {
    String line =
        line(event(Level.INFO, "failed", Map.of(LogKeys.TASK, "api.garden-server.stream-in")));

    JsonNode json = new ObjectMapper().readTree(line);
    assertThat(json.get("message").textValue())
        .isEqualTo("guardian.api.garden-server.stream-in.failed");
    assertThat(json.get("data")).isEmpty();
  }

  // guardian.md §2.1: --time-format
  @Test
  void timesAndLevelsComeInTheOtherFormOfTheReferenceToo() {
    LoggingEvent event = event(Level.WARN, "failed", Map.of());

    assertThat(
            new String(
                new LagerEncoder(TimeFormat.UNIX_EPOCH).encode(event), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"timestamp\":\"1795502558.456634000\",\"source\":\"guardian\","
                + "\"message\":\"guardian.failed\",\"log_level\":2,\"data\":{}}\n");
  }

  @Test
  void textsForPeopleBecomeOneWord() {
    assertThat(line(event(Level.INFO, "output dropped, nobody reads it", Map.of())))
        .contains("\"message\":\"guardian.output-dropped-nobody-reads-it\"");
  }

  @ParameterizedTest
  @CsvSource({"TRACE, debug", "DEBUG, debug", "INFO, info", "WARN, error", "ERROR, error"})
  void levelsAreTheReferences(String ours, String theirs) {
    assertThat(line(event(Level.toLevel(ours), "x", Map.of())))
        .contains("\"level\":\"" + theirs + "\"");
  }

  @Test
  void aFailureComesWithItsTextAndTraceAndNumbersAsNumbers() throws IOException {
    LoggingEvent event = event(Level.ERROR, "broke", Map.of());
    event.setThrowableProxy(new ThrowableProxy(new IllegalStateException("why \n \"quoted\"")));
    event.addKeyValuePair(new KeyValuePair("count", 7));
    event.addKeyValuePair(new KeyValuePair("nothing", null));
    event.addKeyValuePair(new KeyValuePair("spec", Map.of("path", "x")));

    String line = line(event);

    JsonNode data = new ObjectMapper().readTree(line).get("data");
    assertThat(line.lines()).hasSize(1);
    assertThat(data.get("error").textValue()).isEqualTo("why \n \"quoted\"");
    assertThat(data.get("trace").textValue()).contains("IllegalStateException", "LagerEncoderTest");
    assertThat(data.get("count").intValue()).isEqualTo(7);
    assertThat(data.get("spec").get("path").textValue()).isEqualTo("x");
    assertThat(data.get("nothing").textValue()).isEqualTo("null");
  }
}
