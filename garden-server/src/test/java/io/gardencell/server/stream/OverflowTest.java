package io.gardencell.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gardencell.server.grace.ManualTimer;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What goes when there is more output than room, and who learns of it. */
class OverflowTest {

  private static final int BOUND = 1000;
  private static final int HALF = BOUND / 2;
  private static final Duration STALL = Duration.ofSeconds(7);

  private final Logger logger = (Logger) LoggerFactory.getLogger(OutputQueue.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final ManualTimer timer = new ManualTimer();
  private final FakeProcess process = new FakeProcess();
  private final StreamSettings settings =
      StreamSettings.defaults()
          .with(StreamSettings.defaults().times().withStalledReader(STALL))
          .with(new StreamSettings.Bounds(BOUND, BOUND, BOUND, 1 << 20, 3));

  @BeforeEach
  void listen() {
    lines.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(lines);
  }

  @AfterEach
  void leave() {
    logger.detachAppender(lines);
    logger.setLevel(null);
  }

  private static String drain(OutputQueue queue) {
    StringBuilder all = new StringBuilder();
    for (ByteBuf piece = queue.poll(); piece != null; piece = queue.poll()) {
      all.append(piece.toString(StandardCharsets.US_ASCII));
      piece.release();
    }
    return all.toString();
  }

  /** Also what the process can write once there is room again. */
  private static String drainToTheEnd(OutputQueue queue) {
    StringBuilder all = new StringBuilder();
    for (String piece = drain(queue); !piece.isEmpty(); piece = drain(queue)) {
      all.append(piece);
    }
    return all.toString();
  }

  private void write(char what, int count) {
    process.stdout.write(String.valueOf(what).repeat(count));
  }

  private void pass(int looks) throws Exception {
    for (int i = 0; i < looks; i++) {
      timer.advance(STALL.dividedBy(ReaderProgress.LOOKS));
    }
  }

  // garden-api.md §6.5 U: with --output-overflow drop the queue keeps what is old and loses what
  // is new, and goes on with what comes when there is room again
  @Test
  void dropLosesTheNewestAndKeepsTheOrderOfTheRest() {
    try (Streams streams =
        new Streams(settings.withOverflow(StreamSettings.Overflow.DROP), timer)) {
      RunningProcess running = streams.start("h", "p", process);
      OutputQueue stdout = running.attach().stdout();
      stdout.connect(() -> {});
      write('a', HALF);
      write('b', HALF);
      write('c', HALF);
      assertThat(drain(stdout)).isEqualTo("a".repeat(HALF) + "b".repeat(HALF));

      write('d', HALF);

      assertThat(drain(stdout)).isEqualTo("d".repeat(HALF));
      assertThat(stdout.droppedBytes()).isEqualTo(HALF);
      assertThat(streams.droppedBytes()).isEqualTo(HALF);
      running.close("");
    }
  }

  // garden-api.md §6.5 U: the reference keeps what came first, reader or not, also after the end
  @Test
  void dropKeepsTheOldestAlsoWithoutAReader() throws Exception {
    StreamSettings smallRing =
        settings
            .with(new StreamSettings.Bounds(BOUND, HALF, BOUND, 1 << 20, 3))
            .withOverflow(StreamSettings.Overflow.DROP);
    try (Streams streams = new Streams(smallRing, timer)) {
      RunningProcess running = streams.start("h", "p", process);
      OutputQueue stdout = running.attach().stdout();
      OutputReader reader = () -> {};
      stdout.connect(reader);
      stdout.disconnect(reader);
      timer.advance(Duration.ofSeconds(2));
      write('a', HALF);
      write('b', HALF);
      write('c', HALF);
      process.exit(0);

      assertThat(drain(stdout)).isEqualTo("a".repeat(HALF) + "b".repeat(HALF));
      assertThat(streams.droppedBytes()).isEqualTo(HALF);
    }
  }

  // garden-api.md §6.5 W: without a reader the ring loses what is old
  @Test
  void theRingLosesTheOldest() throws Exception {
    try (Streams streams = new Streams(settings, timer)) {
      RunningProcess running = streams.start("h", "p", process);
      OutputQueue stdout = running.attach().stdout();
      timer.advance(Duration.ofSeconds(2));
      write('a', HALF);
      write('b', HALF);
      write('c', HALF);

      assertThat(stdout.droppedBytes()).isEqualTo(HALF);
      assertThat(drain(stdout)).isEqualTo("b".repeat(HALF) + "c".repeat(HALF));
      running.close("");
    }
  }

  // design, threads: what is dropped is counted, logged once and exposed as a metric
  @Test
  void dropsOfAStreamAreLoggedOnceWithItsName() throws Exception {
    try (Streams streams = new Streams(settings, timer)) {
      RunningProcess running = streams.start("h", "p", process);
      running.attach();
      timer.advance(Duration.ofSeconds(2));
      for (int i = 0; i < 20; i++) {
        write('x', BOUND);
      }

      assertThat(lines.list).hasSize(1);
      assertThat(lines.list.get(0).getMessage()).isEqualTo("output dropped");
      assertThat(lines.list.get(0).getKeyValuePairs())
          .anySatisfy(pair -> assertThat(pair.value).isEqualTo("h/p/1/stdout"));
      running.close("");
    }
    // garden-api.md §6.5: the count is logged, once it is known
    assertThat(lines.list).hasSize(2);
    assertThat(lines.list.get(1).getMessage()).isEqualTo("output lost in all");
    assertThat(lines.list.get(1).getKeyValuePairs())
        .anySatisfy(pair -> assertThat(pair.value).isEqualTo(19L * BOUND));
  }

  // There are clients that read stderr only when stdout has ended: the process must get there. What
  // they have not taken is kept as far as the queue's bound goes, and the loss is counted.
  @Test
  void aClientThatReadsOnlyTheOtherStreamHoldsTheProcessBackForItsTimeOnly() throws Exception {
    try (Streams streams = new Streams(settings, timer)) {
      RunningProcess running = streams.start("h", "p", process);
      OutputQueue stderr = readingOnlyStdout(running.attach());
      for (int i = 0; i < 10; i++) {
        process.stderr.write(String.valueOf((char) ('a' + i)).repeat(BOUND));
      }
      pass(ReaderProgress.LOOKS - 1);
      assertThat(streams.droppedBytes()).isZero();

      pass(1);

      String kept = drain(stderr);
      assertThat(kept).endsWith("j".repeat(BOUND));
      assertThat(kept.length() + streams.droppedBytes()).isEqualTo(10 * BOUND);
      assertThat(streams.droppedBytes()).isPositive();
      assertThat(lines.list).hasSize(1);
      running.close("");
    }
  }

  private static OutputQueue readingOnlyStdout(Attachment client) {
    client.stdout().connect(() -> {});
    client.stderr().connect(() -> {});
    return client.stderr();
  }

  // garden-api.md §6.5 W: a client that stands still loses nothing, however long it does
  @Test
  void aClientThatReadsNothingAtAllHoldsTheProcessBack() throws Exception {
    try (Streams streams = new Streams(settings, timer)) {
      RunningProcess running = streams.start("h", "p", process);
      Attachment attachment = running.attach();
      OutputQueue stdout = attachment.stdout();
      stdout.connect(() -> {});
      for (int i = 0; i < 20; i++) {
        write((char) ('a' + i), BOUND);
      }

      pass(10 * ReaderProgress.LOOKS);

      String all = drainToTheEnd(stdout);
      assertThat(all).hasSize(20 * BOUND).startsWith("aaa").endsWith("ttt");
      assertThat(streams.droppedBytes()).isZero();
      running.close("");
    }
  }

  // Those clients take all of stdout meanwhile, and stderr whole when they get to it.
  @Test
  void whoeverReadsTheOtherStreamMayReadMuchOfThisOneLater() throws Exception {
    try (Streams streams = new Streams(settings, timer)) {
      RunningProcess running = streams.start("h", "p", process);
      Attachment attachment = running.attach();
      attachment.stdout().connect(() -> {});
      OutputQueue stderr = attachment.stderr();
      stderr.connect(() -> {});
      for (int i = 0; i < 8; i++) {
        process.stderr.write(String.valueOf((char) ('a' + i)).repeat(BOUND));
      }
      assertThat(stderr.waitingBytes()).isLessThan(2 * BOUND);

      pass(1);

      assertThat(stderr.waitingBytes()).isEqualTo(8 * BOUND);
      assertThat(drain(stderr)).startsWith("aaa").endsWith("hhh");
      assertThat(streams.droppedBytes()).isZero();
      running.close("");
    }
  }

  @Test
  void aReaderThatTakesALittleLosesNothing() throws Exception {
    try (Streams streams = new Streams(settings, timer)) {
      RunningProcess running = streams.start("h", "p", process);
      OutputQueue stderr = readingOnlyStdout(running.attach());
      for (int i = 0; i < 20; i++) {
        process.stderr.write(String.valueOf((char) ('a' + i)).repeat(BOUND));
      }
      StringBuilder all = new StringBuilder();
      for (ByteBuf piece = stderr.poll(); piece != null; piece = stderr.poll()) {
        all.append(piece.toString(StandardCharsets.US_ASCII));
        piece.release();
        pass(ReaderProgress.LOOKS - 1);
      }

      assertThat(all).hasSize(20 * BOUND).startsWith("aaa").endsWith("ttt");
      assertThat(streams.droppedBytes()).isZero();
      running.close("");
    }
  }

  @Test
  void aReaderThatTookAgainIsWaitedForAgain() throws Exception {
    try (Streams streams = new Streams(settings, timer)) {
      RunningProcess running = streams.start("h", "p", process);
      OutputQueue stderr = readingOnlyStdout(running.attach());
      for (int i = 0; i < 10; i++) {
        process.stderr.write("a".repeat(BOUND));
      }
      pass(ReaderProgress.LOOKS);
      drain(stderr);
      long lost = streams.droppedBytes();
      assertThat(lost).isPositive();

      process.stderr.write("c".repeat(BOUND));
      process.stderr.write("d".repeat(BOUND));
      pass(ReaderProgress.LOOKS - 1);

      assertThat(streams.droppedBytes()).isEqualTo(lost);
      assertThat(drain(stderr)).isEqualTo("c".repeat(BOUND) + "d".repeat(BOUND));
      running.close("");
    }
  }

  // garden-api.md §6.5 W: no drop while a reader is connected
  @Test
  void whileAReaderIsConnectedNothingIsDropped() {
    try (Streams streams = new Streams(settings, timer)) {
      RunningProcess running = streams.start("h", "p", process);
      OutputQueue stdout = running.attach().stdout();
      stdout.connect(() -> {});
      for (int i = 0; i < 20; i++) {
        write((char) ('a' + i), BOUND);
      }
      String all = drainToTheEnd(stdout);

      assertThat(all).hasSize(20 * BOUND).startsWith("aaa").endsWith("ttt");
      assertThat(streams.droppedBytes()).isZero();
      assertThat(lines.list).isEmpty();
      running.close("");
    }
  }
}
