package io.gardencell.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gardencell.server.flag.ServerOptions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StartReportTest {

  private final Logger logger = (Logger) LoggerFactory.getLogger(StartReport.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
    logger.setLevel(null);
    logger.setAdditive(true);
  }

  private List<String> report(String... arguments) {
    StartReport.log(ServerOptions.parse(arguments));
    return lines.list.stream()
        .map(e -> e.getLevel() + " " + e.getMessage() + " " + e.getKeyValuePairs().get(0).value)
        .toList();
  }

  @Test
  void nothingGivenIsNothingSaid() {
    assertThat(report()).isEmpty();
  }

  @Test
  void eachFlagGivenHasOneLineAndThoseWithoutEffectAWarning() {
    assertThat(
            report(
                "--bind-port=1",
                "--mtu=1500",
                "--dns-server=192.0.2.1",
                "--dns-server=192.0.2.2",
                "--metrics-emission-interval=1m"))
        .containsExactlyInAnyOrder(
            "INFO flag given --bind-port",
            "WARN flag has no effect --mtu",
            "WARN flag has no effect --dns-server",
            "WARN flag has no effect yet --metrics-emission-interval");
  }

  @Test
  void thePluginsOfTheReferenceAreBuiltInAndOthersAreNotThere() {
    assertThat(report("--runtime-plugin=C:\\var\\vcap\\packages\\winc\\winc.exe"))
        .containsExactly("INFO flag given --runtime-plugin");
    lines.list.clear();
    assertThat(report("--runtime-plugin=/opt/other-runtime"))
        .containsExactly("WARN flag has no effect yet --runtime-plugin");
  }
}
