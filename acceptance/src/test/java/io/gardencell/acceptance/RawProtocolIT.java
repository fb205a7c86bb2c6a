package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A container's life in bytes, without our client, so that client and server cannot be wrong
 * together. With the real modules.
 */
class RawProtocolIT {

  private static final Pattern STARTED =
      Pattern.compile("\\{\"process_id\":\"([^\"]+)\",\"stream_id\":\"([0-9]+)\"\\}");

  private static GardenDaemon daemon;

  @BeforeAll
  static void start() throws IOException {
    daemon = GardenDaemon.inProcess();
  }

  @AfterAll
  static void stop() throws IOException {
    daemon.close();
  }

  /** A connection and its bytes. */
  private static final class Raw implements Closeable {

    private final Socket socket = new Socket("127.0.0.1", daemon.port());
    private final InputStream in;

    Raw() throws IOException {
      socket.setSoTimeout(60_000);
      in = socket.getInputStream();
    }

    Raw send(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      return this;
    }

    Raw request(String line, String body) throws IOException {
      String length =
          body.isEmpty()
              ? ""
              : "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n";
      return send(line + " HTTP/1.1\r\nHost: api\r\n" + length + "\r\n" + body);
    }

    String line() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int b = in.read(); b >= 0; b = in.read()) {
        line.write(b);
        if (b == '\n') {
          break;
        }
      }
      return line.toString(StandardCharsets.UTF_8);
    }

    String head() throws IOException {
      StringBuilder head = new StringBuilder();
      for (String line = line(); !line.isBlank(); line = line()) {
        head.append(line);
      }
      return head.toString();
    }

    /** The body of an answer with a length. */
    String body(String head) throws IOException {
      Matcher length = Pattern.compile("(?i)content-length: ([0-9]+)").matcher(head);
      assertThat(length.find()).as(head).isTrue();
      return new String(in.readNBytes(Integer.parseInt(length.group(1))), StandardCharsets.UTF_8);
    }

    String rest() throws IOException {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static String call(String line, String body) throws IOException {
    try (Raw raw = new Raw()) {
      raw.request(line, body);
      String head = raw.head();
      return head.substring(9, 12) + " " + raw.body(head);
    }
  }

  @Test
  void aWholeLifeInBytes() throws IOException {
    assertThat(call("POST /containers", "{\"handle\":\"raw\"}"))
        .isEqualTo("200 {\"Handle\":\"raw\"}\n");
    assertThat(call("GET /containers", "")).contains("\"raw\"");

    try (Raw control = new Raw()) {
      control.request(
          "POST /containers/raw/processes",
          "{\"path\":\"sh\",\"args\":[\"-c\",\"cat; echo oops >&2; exit 42\"],\"rlimits\":{},\"image\":{}}\n");
      String head = control.head();
      assertThat(head)
          .startsWith("HTTP/1.1 201 Created\r\n")
          .containsIgnoringCase("transfer-encoding: chunked\r\n")
          .containsIgnoringCase("content-type: application/json\r\n")
          .doesNotContainIgnoringCase("connection:")
          .doesNotContainIgnoringCase("content-length:");
      Matcher started = STARTED.matcher(control.line());
      assertThat(started.find()).isTrue();
      String process = "/containers/raw/processes/" + started.group(1);
      String attach = process + "/attaches/" + started.group(2);
      try (Raw stdout = new Raw();
          Raw stderr = new Raw()) {
        stdout.request("GET " + attach + "/stdout", "");
        stderr.request("GET " + attach + "/stderr", "");
        assertThat(stdout.head()).startsWith("HTTP/1.1 200 OK\r\n");
        assertThat(stderr.head()).startsWith("HTTP/1.1 200 OK\r\n");
        // Two messages in one piece without a newline, one in three pieces.
        control.send("{\"source\":0,\"data\":\"a\"}{\"source\":0,\"data\":\"b\"}");
        control.send("{\"sour").send("ce\":0,\"da").send("ta\":\"\u20ac\\n\"}\n");
        control.send("{\"source\":0}\n");

        assertThat(stdout.rest()).isEqualTo("ab€\n");
        assertThat(stderr.rest()).isEqualTo("oops\n");
      }
      assertThat(control.rest())
          .isEqualTo("{\"process_id\":\"" + started.group(1) + "\",\"exit_status\":42}\n");
      assertThat(call("GET " + process, ""))
          .startsWith("404 {\"Type\":\"ProcessNotFoundError\"")
          .contains("\"ProcessID\":\"" + started.group(1) + "\"");
    }

    assertThat(call("PUT /containers/raw/stop", "{\"kill\":true}")).isEqualTo("200 {}\n");
    assertThat(call("DELETE /containers/raw", "")).isEqualTo("200 {}\n");
    assertThat(call("DELETE /containers/raw", ""))
        .isEqualTo(
            "404 {\"Type\":\"ContainerNotFoundError\",\"Message\":\"unknown handle: raw\","
                + "\"Handle\":\"raw\",\"ProcessID\":\"\",\"Binary\":\"\"}\n");
  }

  @Test
  void aRefusedRunKeepsTheConnection() throws IOException {
    try (Raw raw = new Raw()) {
      raw.request("POST /containers/no-such/processes", "{\"path\":\"x\"}");
      String head = raw.head();

      assertThat(head).startsWith("HTTP/1.1 404 ").doesNotContainIgnoringCase("connection: close");
      assertThat(raw.body(head)).contains("ContainerNotFoundError");
      raw.request("GET /ping", "");
      assertThat(raw.body(raw.head())).isEqualTo("{}\n");
    }
  }

  @Test
  void aClientThatVanishesLeavesItsProcessRunning() throws IOException {
    call("POST /containers", "{\"handle\":\"left-alone\"}");
    try (Raw control = new Raw()) {
      control.request(
          "POST /containers/left-alone/processes",
          "{\"id\":\"p\",\"path\":\"sleep\",\"args\":[\"100000\"]}");
      control.head();
      control.line();
    }
    try (Raw again = new Raw()) {
      again.request("GET /containers/left-alone/processes/p", "");
      assertThat(again.head()).startsWith("HTTP/1.1 200 OK\r\n");
      assertThat(again.line()).contains("\"process_id\":\"p\"");
      again.send("{\"signal\":1}");
      assertThat(again.line()).contains("\"exit_status\":");
    }
    assertThat(call("DELETE /containers/left-alone", "")).isEqualTo("200 {}\n");
  }
}
