package io.gardencell.server.route;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RequestLogTest extends ServedTest {

  private final Logger logger = (Logger) LoggerFactory.getLogger("io.gardencell.server");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
    logger.setLevel(Level.DEBUG);
  }

  @AfterEach
  void leave() {
    logger.setLevel(null);
    logger.detachAppender(lines);
  }

  private List<ILoggingEvent> lines(String text) {
    return List.copyOf(lines.list).stream().filter(l -> l.getMessage().equals(text)).toList();
  }

  // garden-api.md §1 and §13
  @Test
  void aFailureIsLoggedWithItsRequestHandleAndTrace() throws IOException {
    RawClient client = connect();
    client.send(
        "GET /containers/h/info HTTP/1.1\r\nHost: api\r\n"
            + "X-Vcap-Request-Id: 0af76519-16cd-43dd-8448-eb211c80319c\r\n\r\n");
    assertThat(client.reply().status()).isEqualTo(404);

    assertThat(lines("failed")).hasSize(1);
    assertThat(lines("failed").get(0).getMDCPropertyMap())
        .containsEntry("task", "api.garden-server.info")
        .containsEntry("handle", "h")
        .containsEntry("trace-id", "0af7651916cd43dd8448eb211c80319c")
        .containsKey("span-id")
        .hasEntrySatisfying("session", number -> assertThat(number).matches("1\\.1\\.[0-9]+"));
  }

  @Test
  void anIdThatIsNoTraceLeavesNoTrace() throws IOException {
    RawClient client = connect();
    client.send(
        "GET /containers/h/info HTTP/1.1\r\nHost: api\r\nX-Vcap-Request-Id: not-hex!\r\n\r\n");
    client.reply();

    assertThat(lines("failed").get(0).getMDCPropertyMap()).doesNotContainKey("trace-id");
  }

  // garden-api.md §13: errors other than ProcessNotFound are logged as failed
  @Test
  void aProcessThatIsGoneIsNoFailure() throws IOException {
    backend.add("h");

    assertThat(connect().get("/containers/h/processes/p").status()).isEqualTo(404);

    assertThat(lines("failed")).isEmpty();
  }

  // garden-api.md §13: never logged
  @Test
  void secretsStayOutOfTheLog() throws IOException {
    RawClient client = connect();
    client.call(
        "POST",
        "/containers",
        "{\"handle\":\"h\",\"env\":[\"A=hush-1\"],\"properties\":{\"hush-2\":\"hush-3\"},"
            + "\"image\":{\"uri\":\"docker:///x\",\"username\":\"hush-4\",\"password\":\"hush-5\"}}");
    client.get("/containers?hush-6=hush-7");
    client.call("PUT", "/containers/h/properties/hush-8", "{\"value\":\"hush-9\"}");
    client.send(
        "POST /containers/h/processes HTTP/1.1\r\nHost: a\r\nContent-Length: 45\r\n\r\n"
            + "{\"path\":\"x\",\"args\":[\"hush-a\"],\"env\":[\"hush\"]}");
    client.head();
    client.line();
    client.send("{\"source\":0,\"data\":\"hush-b\"}{\"source\":0}");
    assertThat(backend.only().process.stdin.received()).isNotNull();

    assertThat(lines.list).isNotEmpty();
    assertThat(List.copyOf(lines.list))
        .noneMatch(l -> (l.getFormattedMessage() + l.getKeyValuePairs()).contains("hush"));
  }
}
