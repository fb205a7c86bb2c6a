package io.gardencell.server.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.server.stream.FakeProcess;
import io.gardencell.server.stream.StreamSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Clients that leave an output socket unread. The Go client of garden between May and September of
 * 2025 copied stderr only after stdout had ended (cloudfoundry/garden pull requests 127 and 129).
 */
class StalledReaderTest extends ServedTest {

  private static final String RUN =
      "POST /containers/h/processes HTTP/1.1\r\nHost: api\r\nContent-Length: 2\r\n\r\n{}";

  @Override
  StreamSettings streamSettings() {
    StreamSettings defaults = StreamSettings.defaults();
    return defaults.with(defaults.times().withStalledReader(Duration.ofMillis(300)));
  }

  private RawClient open(String stream) throws IOException {
    RawClient client = connect();
    client.send("GET /containers/h/processes/p1/attaches/1/" + stream + " HTTP/1.1\r\n");
    client.send("Host: api\r\n\r\n");
    assertThat(client.head()).startsWith("HTTP/1.1 200 OK\r\n");
    return client;
  }

  @Test
  void aClientThatReadsStderrAfterStdoutDoesNotHangTheProcess() throws Exception {
    FakeProcess process = backend.add("h").process;
    RawClient control = connect().send(RUN);
    control.head();
    control.line();
    RawClient stdout = open("stdout");
    RawClient stderr = open("stderr");
    byte[] block = new byte[1 << 20];
    for (int i = 0; i < 64; i++) {
      Arrays.fill(block, (byte) i);
      process.stderr.write(block);
    }

    process.stderr.emptied().get(20, TimeUnit.SECONDS);
    process.stdout.write("done");
    process.exit(0);

    assertThat(new String(stdout.rest())).isEqualTo("done");
    assertThat(new String(control.rest())).contains("\"exit_status\":0");
    byte[] late = stderr.rest();
    assertThat(late[0]).isZero();
    assertThat(late[late.length - 1]).isEqualTo((byte) 63);
    assertThat(late.length + streams.droppedBytes()).isEqualTo(64 << 20);
  }
}
