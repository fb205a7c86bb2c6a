package io.gardencell.server.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.server.grace.ManualTimer;
import io.gardencell.server.http.Lane;
import io.gardencell.server.http.ServerSettings;
import io.netty.util.Timer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraceTimeTest extends ServedTest {

  private static final int THREADS = 2;

  @Override
  Timer newTimer() {
    return new ManualTimer();
  }

  @Override
  GardenApi.Settings settings() {
    return new GardenApi.Settings(
        ServerSettings.loopback()
            .withTimes(Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofSeconds(5))
            .withCalls(THREADS, 100),
        Duration.ofMillis(500),
        Duration.ofSeconds(30));
  }

  /** Time passes, and every reap that it set off has been made. */
  private void pass(long millis) throws Exception {
    ((ManualTimer) timer).advance(Duration.ofMillis(millis));
    meetOnAllThreads(api.lanes().of(Lane.CHANGE));
  }

  /** When all threads of the pool are here, they are done with what was before. */
  private static void meetOnAllThreads(ExecutorService pool) throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(THREADS + 1);
    for (int i = 0; i < THREADS; i++) {
      pool.execute(() -> meet(barrier));
    }
    barrier.await(10, TimeUnit.SECONDS);
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private RawClient create(String more) throws IOException {
    RawClient client = connect();
    assertThat(client.call("POST", "/containers", "{\"handle\":\"h\"" + more + "}").status())
        .isEqualTo(200);
    return client;
  }

  private static String graceTime(long millis) {
    return ",\"grace_time\":" + millis * 1_000_000;
  }

  private boolean isThere() {
    return !backend.containers.isEmpty();
  }

  // garden-api.md §15 cases 15 and 36
  @Test
  void theServersDefaultIsUsedWhereASpecHasNone() throws Exception {
    create("");
    assertThat(backend.created.get(0).graceTime()).isEqualTo(Duration.ofMillis(500));

    pass(499);
    assertThat(isThere()).isTrue();
    pass(1);

    assertThat(isThere()).isFalse();
  }

  // garden-api.md §15 cases 15 and 36
  @Test
  void theSpecsOwnTimeGoesBeforeTheDefault() throws Exception {
    create(graceTime(1000));

    pass(999);
    assertThat(isThere()).isTrue();
    pass(1);

    assertThat(isThere()).isFalse();
  }

  // garden-api.md §15 case 37
  @Test
  void aStopHoldsTheContainerUntilItIsAnswered() throws Exception {
    create("");
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    backend.only().onStop =
        () -> {
          begun.countDown();
          ServerLifeTest.await(go);
        };
    RawClient stopping = connect();
    stopping.send("PUT /containers/h/stop HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}");
    ServerLifeTest.await(begun);
    ((ManualTimer) timer).advance(Duration.ofSeconds(2));
    go.countDown();
    assertThat(stopping.reply().status()).isEqualTo(200);

    pass(499);
    assertThat(isThere()).isTrue();
    pass(1);

    assertThat(isThere()).isFalse();
  }

  // garden-api.md §15 case 38; §14 weakness 3
  @Test
  void aRunHoldsTheContainerUntilItsClientIsGoneAlsoAfterTheEndOfStdin() throws Exception {
    create("");
    FakeBackend.FakeContainer container = backend.only();
    RawClient run = connect();
    run.send("POST /containers/h/processes HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}");
    run.head();
    run.line();
    run.send("{\"source\":0}");
    assertThat(container.process.stdin.awaitEnd()).isTrue();
    pass(10_000);
    assertThat(isThere()).isTrue();

    run.close();
    awaitControls(0);

    pass(499);
    assertThat(isThere()).isTrue();
    pass(1);
    assertThat(isThere()).isFalse();
    assertThat(container.process.exit).isNotDone();
  }

  private void awaitControls(int count) throws Exception {
    api.hijacked().awaitControls(count, Duration.ofSeconds(10));
  }

  // garden-api.md §9: what pauses the countdown, after which it starts again in full
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PUT | /stop | {}",
        "PUT | /files?destination=x&user= | tar",
        "GET | /files?source=x&user= | ''",
        "GET | /limits/bandwidth | ''",
        "GET | /limits/cpu | ''",
        "GET | /limits/disk | ''",
        "GET | /limits/memory | ''",
        "POST | /net/in | {}",
        "POST | /net/out | {}",
        "POST | /net/out/bulk | null",
        "GET | /metrics | ''",
        "GET | /properties | ''",
        "GET | /properties/k | ''",
        "PUT | /properties/k | {}",
        "DELETE | /properties/k | ''",
        "GET | /info | ''",
        "GET | /processes/unknown | ''",
      })
  void aUseOfTheContainerStartsTheCountdownAgain(String method, String path, String body)
      throws Exception {
    RawClient client = create("");
    pass(400);

    client.call(method, "/containers/h" + path, body);
    // A download is over for its client a moment before its thread lets go of the container.
    meetOnAllThreads(api.lanes().of(Lane.TRANSFER));

    pass(499);
    assertThat(isThere()).isTrue();
    pass(1);
    assertThat(isThere()).isFalse();
  }

  // garden-api.md §9: what neither pauses nor resets it
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET | /ping | ''",
        "GET | /containers | ''",
        "POST | /containers | {\"handle\":\"other\",\"grace_time\":1}",
        "GET | /containers/bulk_info?handles=h | ''",
        "GET | /containers/bulk_metrics?handles=h | ''",
        "GET | /containers/h/processes/p1/attaches/1/stdout | ''",
        "GET | /containers/h/nope | ''",
      })
  void whatIsNoUseOfTheContainerLeavesTheCountdownAlone(String method, String path, String body)
      throws Exception {
    create("");
    pass(400);

    connect()
        .send(method + " " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length())
        .send("\r\n\r\n" + body)
        .head();

    pass(99);
    assertThat(backend.containers).containsKey(Handle.parse("h"));
    pass(1);
    assertThat(isThere()).isFalse();
  }

  // garden-api.md §9: a destroy that fails leaves the countdown as it was
  @Test
  void afterAFailedDestroyTheCountdownGoesOn() throws Exception {
    RawClient client = create("");
    backend.beforeDestroy =
        () -> {
          throw GardenException.failure("not now");
        };
    pass(400);
    assertThat(client.call("DELETE", "/containers/h", "").status()).isEqualTo(500);
    backend.beforeDestroy = () -> {};

    pass(99);
    assertThat(isThere()).isTrue();
    pass(1);
    assertThat(isThere()).isFalse();
  }

  // garden-api.md §9 and §10: a reap and a destroy go the same way
  @Test
  void duringAReapAClientsDestroyIsRefused() throws Exception {
    RawClient client = create("");
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    backend.beforeDestroy =
        () -> {
          begun.countDown();
          ServerLifeTest.await(go);
        };
    ((ManualTimer) timer).advance(Duration.ofMillis(500));
    ServerLifeTest.await(begun);

    String refused = client.call("DELETE", "/containers/h", "").body();
    go.countDown();
    pass(0);

    assertThat(refused).contains("\"Message\":\"container already being destroyed\"");
    assertThat(backend.destroyCalls).hasValue(1);
    assertThat(isThere()).isFalse();
  }

  // garden-api.md §8 and §9
  @Test
  void aTimeThatCannotBeStoredCountsAllTheSame() throws Exception {
    RawClient client = create("");
    backend.only().onSetGraceTime =
        () -> {
          throw GardenException.failure("disk is full");
        };

    assertThat(client.call("PUT", "/containers/h/grace_time", "10000000").body()).isEqualTo("{}\n");

    pass(10);
    assertThat(isThere()).isFalse();
  }

  // garden-api.md §15 case 39
  @Test
  void aNewTimeCountsFromNow() throws Exception {
    RawClient client = create(graceTime(10_000));
    client.call("PUT", "/containers/h/grace_time", "10000000");

    pass(10);

    assertThat(isThere()).isFalse();
  }

  // garden-api.md §15 case 40; §14 weakness 5
  @Test
  void settingZeroDisarms() throws Exception {
    RawClient client = create("");
    client.call("PUT", "/containers/h/grace_time", "0");

    pass(1_000_000);

    assertThat(isThere()).isTrue();
  }

  // garden-api.md §14 weakness 6
  @Test
  void aNegativeTimeIsRefusedByName() throws Exception {
    RawClient client = connect();

    assertThat(client.call("POST", "/containers", "{\"grace_time\":-5}").body())
        .contains("\"Message\":\"invalid grace time: -5\"");

    assertThat(backend.created).isEmpty();
  }

  // garden-api.md §15 case 41
  @Test
  void aDestroyByAClientIsNotDoneTwice() throws Exception {
    create("");
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    backend.beforeDestroy =
        () -> {
          begun.countDown();
          ServerLifeTest.await(go);
        };
    RawClient destroying = connect();
    destroying.send("DELETE /containers/h HTTP/1.1\r\nHost: a\r\n\r\n");
    ServerLifeTest.await(begun);

    ((ManualTimer) timer).advance(Duration.ofMillis(500));
    go.countDown();
    assertThat(destroying.reply().status()).isEqualTo(200);
    pass(1_000_000);

    assertThat(backend.destroyCalls).hasValue(1);
  }

  // garden-api.md §15 case 42
  @Test
  void containersThatAreThereAtTheStartCountFromTheStart() throws Exception {
    backend.add("old").graceTime = Duration.ofSeconds(3);
    GardenApi second = api(settings());
    ((ManualTimer) timer).advance(Duration.ofMillis(2999));
    meetOnAllThreads(second.lanes().of(Lane.CHANGE));
    assertThat(isThere()).isTrue();

    ((ManualTimer) timer).advance(Duration.ofMillis(1));
    meetOnAllThreads(second.lanes().of(Lane.CHANGE));

    assertThat(isThere()).isFalse();
    second.stop();
  }

  // garden-api.md §15 case 44
  @Test
  void infoKeepsAContainerAndBulkInfoDoesNot() throws Exception {
    RawClient client = create("");

    pass(400);
    client.get("/containers/h/info");
    pass(400);
    assertThat(isThere()).isTrue();
    client.get("/containers/bulk_info?handles=h");
    client.get("/containers/bulk_metrics?handles=h");
    client.get("/containers");
    pass(100);

    assertThat(isThere()).isFalse();
  }
}
