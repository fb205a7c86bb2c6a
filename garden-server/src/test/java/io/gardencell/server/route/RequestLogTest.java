package io.gardencell.server.route;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gardencell.api.GardenException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

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

  // garden-api.md §13: with the handle
  @Test
  void aFailedCreateIsLoggedWithTheHandleItWasFor() throws IOException {
    backend.onCreate =
        () -> {
          throw GardenException.failure("no room");
        };

    connect().call("POST", "/containers", "{\"handle\":\"h\"}");

    assertThat(lines("failed")).hasSize(1);
    assertThat(lines("failed").get(0).getMDCPropertyMap())
        .containsEntry("task", "api.garden-server.create")
        .containsEntry("handle", "h");
  }

  // garden-api.md §13: never logged, also not as what is wrong with a request
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST | /containers | {\"properties\":{\"hush\":1}} | invalid request: properties",
        "POST | /containers | {\"properties\":{\"k\":hush}} | invalid request: malformed JSON",
        "POST | /containers | {\"env\":[\"A\",4711.5]} | invalid request: env[1]",
        "POST | /containers | \"hush\" | invalid request: wrong type",
        "POST | /containers/h/processes | {\"args\":\"hush\"} | invalid request: args",
        "PUT | /containers/h/properties/k | {\"value\":{\"hush\":1}} | invalid request: value",
        "GET | /containers/h/properties/hush | '' | property does not exist",
      })
  void whatARefusalTellsTheClientIsNotAllToldToTheLog(
      String method, String path, String body, String logged) throws IOException {
    backend.add("h");

    assertThat(connect().call(method, path, body).status()).isEqualTo(500);

    assertThat(lines("failed")).hasSize(1);
    assertThat(lines("failed").get(0).getKeyValuePairs())
        .containsExactly(new KeyValuePair("error", logged));
    assertThat(List.copyOf(lines.list))
        .noneMatch(l -> (l.getFormattedMessage() + l.getKeyValuePairs()).contains("hush"))
        .noneMatch(l -> String.valueOf(l.getKeyValuePairs()).contains("4711"));
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
    client.send("{\"source\":0,\"data\":hush-c}");
    assertThat(client.rest()).isEmpty();
    assertThat(lines("undecodable control payload")).hasSize(1);

    assertThat(lines.list).isNotEmpty();
    assertThat(List.copyOf(lines.list))
        .noneMatch(l -> (l.getFormattedMessage() + l.getKeyValuePairs()).contains("hush"));
  }
}
