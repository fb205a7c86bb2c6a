package io.gardencell.server.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients of processes that go without a word, at any point. */
class VanishingClientsTest extends ProcessServedTest {

  private void awaitControls(int count) {
    assertThat(api.hijacked().awaitControls(count, Duration.ofSeconds(10))).isTrue();
  }

  // garden-api.md §6.6; §14 weakness 20
  @Test
  void aClientThatVanishesHarmsNeitherTheProcessNorTheOthers() throws Exception {
    RawClient first = started();
    RawClient second = open("p1");
    second.line();
    RawClient output = open("p1/attaches/2/stdout");
    open("p1/attaches/1/stdout").close();

    first.close();
    assertThat(api.hijacked().awaitControls(1, Duration.ofSeconds(10))).isTrue();
    process.stdout.write("to the other");
    assertThat(process.killed).isNotDone();
    process.exit(0);

    assertThat(new String(output.rest())).isEqualTo("to the other");
    assertThat(new String(second.rest())).contains("\"exit_status\":0");
  }

  /** Ways to go. */
  enum Going {
    CLOSE,
    HALF_CLOSE,
    RESET;

    void go(RawClient client) throws IOException {
      switch (this) {
        case CLOSE -> client.close();
        case HALF_CLOSE -> client.closeOutput();
        case RESET -> client.reset();
      }
    }
  }

  // garden-api.md §6.3, §6.6: end of file or a reset on the control stream is a client that is gone
  @ParameterizedTest
  @EnumSource(Going.class)
  void whenTheControlStreamEndsInputEndsAndTheReaderGetsWhatIsThere(Going going) throws Exception {
    RawClient control = started();
    RawClient reader = open("p1/attaches/1/stdout");
    process.stdout.write("so far");
    assertThat(reader.read(1)).containsExactly('s');

    going.go(control);

    awaitControls(0);
    assertThat(process.stdin.awaitEnd()).isTrue();
    assertThat(new String(reader.rest())).isEqualTo("o far");
    assertThat(process.killed).isNotDone();
    RawClient again = open("p1");
    assertThat(again.line()).contains("\"stream_id\":\"2\"");
    process.exit(6);
    assertThat(new String(again.rest())).contains("\"exit_status\":6");
  }

  // garden-api.md §14 weakness 3
  @ParameterizedTest
  @EnumSource(Going.class)
  void aClientThatGoesAfterTheEndOfItsInputIsNoticed(Going going) throws Exception {
    RawClient control = started();
    control.send("{\"source\":0}");
    assertThat(process.stdin.awaitEnd()).isTrue();

    going.go(control);

    awaitControls(0);
  }

  @ParameterizedTest
  @EnumSource(Going.class)
  void aClientThatGoesWhileItsProcessStartsLeavesTheProcess(Going going) throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    backend.only().onRun =
        () -> {
          begun.countDown();
          ServerLifeTest.await(go);
        };
    RawClient client = run();
    ServerLifeTest.await(begun);

    going.go(client);
    go.countDown();

    assertThat(process.stdin.awaitEnd()).isTrue();
    awaitControls(0);
    assertThat(process.killed).isNotDone();
    RawClient again = open("p1");
    again.line();
    process.exit(0);
    assertThat(new String(again.rest())).contains("\"exit_status\":0");
  }

  // garden-api.md §6.5 W: noticed at once, and not at the next write
  @ParameterizedTest
  @EnumSource(Going.class)
  void aReaderThatGoesLosesNothingOfWhatComesAfterIt(Going going) throws Exception {
    started();
    RawClient first = open("p1/attaches/1/stdout");
    process.stdout.write("a");
    assertThat(first.read(1)).containsExactly('a');

    going.go(first);
    awaitReaders(0);
    process.stdout.write("for the next");
    RawClient next = open("p1/attaches/1/stdout");
    process.exit(0);

    assertThat(new String(next.rest())).isEqualTo("for the next");
  }

  // garden-api.md §6.5 W: who is gone holds nobody back
  @ParameterizedTest
  @EnumSource(
      value = Going.class,
      names = {"CLOSE", "RESET"})
  void aReaderThatGoesWhileItHoldsTheProcessBackLetsItGoOn(Going going) throws Exception {
    RawClient control = started();
    RawClient reader = open("p1/attaches/1/stdout");
    int blocks = 64;
    for (int i = 0; i < blocks; i++) {
      process.stdout.write(new byte[1 << 20]);
    }
    assertThat(process.stdout.taken()).isLessThan(32L << 20);

    going.go(reader);
    awaitReaders(0);
    process.exit(0);

    assertThat(new String(control.rest())).contains("\"exit_status\":0");
    assertThat(process.closed).succeedsWithin(Duration.ofSeconds(10));
    assertThat(process.stdout.taken()).isEqualTo((long) blocks << 20);
  }

  @Test
  void aClientThatIsGoneBeforeTheExitDisturbsNothing() throws Exception {
    RawClient control = started();
    control.reset();
    awaitControls(0);

    process.exit(1);

    assertThat(process.closed).succeedsWithin(Duration.ofSeconds(10));
    assertThat(connect().get("/ping").status()).isEqualTo(200);
  }
}
