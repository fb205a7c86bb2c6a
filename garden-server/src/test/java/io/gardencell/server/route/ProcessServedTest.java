package io.gardencell.server.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.server.stream.FakeProcess;
import io.gardencell.server.stream.StreamSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;

/** A container {@code h} whose next process the test holds the other ends of. */
abstract class ProcessServedTest extends ServedTest {

  static final String RUN_BODY = "{\"path\":\"x\",\"rlimits\":{},\"image\":{}}\n";

  FakeProcess process = new FakeProcess();

  @Override
  StreamSettings streamSettings() {
    return StreamSettings.defaults()
        .with(
            new StreamSettings.Times(
                Duration.ofSeconds(5),
                Duration.ofMinutes(1),
                Duration.ofMillis(200),
                Duration.ofMinutes(1)));
  }

  @BeforeEach
  void aContainer() {
    process = backend.add("h").process;
  }

  final RawClient run() throws IOException {
    return connect().send(runRequest());
  }

  static String runRequest() {
    return "POST /containers/h/processes HTTP/1.1\r\nHost: api\r\nContent-Length: "
        + RUN_BODY.length()
        + "\r\n\r\n"
        + RUN_BODY;
  }

  final RawClient started() throws IOException {
    RawClient client = run();
    client.head();
    client.line();
    return client;
  }

  final RawClient open(String path) throws IOException {
    RawClient client = connect();
    client.send("GET /containers/h/processes/" + path + " HTTP/1.1\r\nHost: api\r\n\r\n");
    assertThat(client.head()).startsWith("HTTP/1.1 200 OK\r\n");
    return client;
  }

  /** Waits until so many connections read output. */
  final void awaitReaders(int count) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (api.hijacked().outputs() != count) {
      assertThat(System.nanoTime()).as("readers").isLessThan(end);
      assertThat(new CountDownLatch(1).await(5, TimeUnit.MILLISECONDS)).isFalse();
    }
  }
}
