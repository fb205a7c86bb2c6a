package io.gardencell.server.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.server.http.Lane;
import io.gardencell.server.http.ServerSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LanesTest extends ServedTest {

  private final CountDownLatch go = new CountDownLatch(1);

  @Override
  GardenApi.Settings settings() {
    return GardenApi.Settings.defaults(
        ServerSettings.loopback()
            .withTimes(Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofSeconds(5))
            .withCalls(1, 2));
  }

  @AfterEach
  void letGo() {
    go.countDown();
  }

  /** One create at work and two that wait: the lane is full. */
  private List<RawClient> hangingCreates() throws IOException {
    CountDownLatch begun = new CountDownLatch(1);
    backend.onCreate =
        () -> {
          begun.countDown();
          ServerLifeTest.await(go);
        };
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      RawClient client = connect();
      client.send("POST /containers HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}");
      clients.add(client);
      ServerLifeTest.await(begun);
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (api.lanes().waiting(Lane.CHANGE) < 2 && System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
    return clients;
  }

  @Test
  void createsThatHangDelayNeitherPingNorReadsNorFiguresNorFilesNorSignals() throws Exception {
    FakeBackend.FakeContainer container = backend.add("h");
    RawClient process = connect();
    process.send("POST /containers/h/processes HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}");
    process.head();
    process.line();
    hangingCreates();

    RawClient client = connect();
    assertThat(client.get("/ping").status()).isEqualTo(200);
    assertThat(client.get("/containers/h/info").status()).isEqualTo(200);
    assertThat(client.get("/containers/bulk_metrics?handles=h").status()).isEqualTo(200);
    assertThat(client.call("PUT", "/containers/h/files", "tar").status()).isEqualTo(200);
    process.send("{\"signal\":1}");
    container.process.killed.get(10, TimeUnit.SECONDS);
  }

  @Test
  void beyondTheBoundClientsAreToldToTryLaterAndTheOthersAreServed() throws IOException {
    List<RawClient> waiting = hangingCreates();

    RawClient late = connect();
    RawClient.Reply refused = late.call("POST", "/containers", "{}");
    go.countDown();

    assertThat(refused.status()).isEqualTo(500);
    assertThat(refused.body())
        .startsWith(
            "{\"Type\":\"ServiceUnavailableError\","
                + "\"Message\":\"too many requests are waiting, try again later\"");
    for (RawClient client : waiting) {
      assertThat(client.reply().status()).isEqualTo(200);
    }
    assertThat(late.call("POST", "/containers", "{}").status()).isEqualTo(200);
  }

  @Test
  void pingAsksTheBackendAgainAfterAFailure() throws IOException {
    RawClient client = connect();
    backend.onPing =
        () -> {
          throw new IllegalStateException("not well");
        };
    assertThat(client.get("/ping").status()).isEqualTo(500);
    backend.onPing = () -> {};

    assertThat(client.get("/ping").status()).isEqualTo(200);
  }
}
