package io.gardencell.server.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.GardenException;
import io.gardencell.server.grace.ManualTimer;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StreamsTest {

  private static final int KIB = 1024;

  private final ManualTimer timer = new ManualTimer();
  private final FakeProcess process = new FakeProcess();
  private final List<RunningProcess> started = new ArrayList<>();
  private Streams streams = streams(StreamSettings.defaults());

  private Streams streams(StreamSettings settings) {
    return new Streams(settings, timer);
  }

  private static StreamSettings small() {
    return StreamSettings.defaults()
        .with(new StreamSettings.Bounds(256 * KIB, 128 * KIB, 256 * KIB, 512 * KIB, 3));
  }

  private RunningProcess start(String id, FakeProcess made) {
    RunningProcess running = streams.start("h", id, made);
    started.add(running);
    return running;
  }

  @AfterEach
  void close() {
    started.forEach(running -> running.close(""));
    streams.close();
  }

  private void pass(Duration time) throws Exception {
    timer.advance(time);
  }

  private static byte[] drain(OutputQueue queue) {
    List<byte[]> pieces = new ArrayList<>();
    int size = 0;
    for (ByteBuf piece = queue.poll(); piece != null; piece = queue.poll()) {
      byte[] bytes = new byte[piece.readableBytes()];
      piece.readBytes(bytes);
      piece.release();
      pieces.add(bytes);
      size += bytes.length;
    }
    byte[] all = new byte[size];
    int at = 0;
    for (byte[] piece : pieces) {
      System.arraycopy(piece, 0, all, at, piece.length);
      at += piece.length;
    }
    return all;
  }

  // garden-api.md §15 case 50
  @Test
  void outputStaysReadableForAMinuteAfterTheExitAndNoLonger() throws Exception {
    Attachment attachment = start("p", process).attach();
    process.stdout.write("late");
    process.exit(0);

    pass(Duration.ofSeconds(59));
    assertThat(streams.find("h", "p", "1")).contains(attachment);
    assertThat(drain(attachment.stdout())).asString().isEqualTo("late");
    pass(Duration.ofSeconds(1));

    assertThat(streams.find("h", "p", "1")).isEmpty();
    assertThat(streams.count()).isZero();
    assertThat(streams.waitingBytes()).isZero();
  }

  @Test
  void whatNobodyFetchedIsFreedWithTheStream() throws Exception {
    start("p", process).attach();
    process.stdout.write("never read");
    process.exit(0);

    pass(Duration.ofMinutes(1));

    assertThat(streams.waitingBytes()).isZero();
  }

  @Test
  void aReaderThatIsThereWhenTheStreamExpiresReadsOnAndThenAllIsFreed() throws Exception {
    Attachment attachment = start("p", process).attach();
    process.stdout.write("slowly read");
    OutputReader reader = () -> {};
    attachment.stdout().connect(reader);
    process.exit(0);
    pass(Duration.ofMinutes(1));
    assertThat(streams.waitingBytes()).isEqualTo(11);

    attachment.stdout().disconnect(reader);

    assertThat(streams.waitingBytes()).isZero();
  }

  @Test
  void aProcessThatNobodyReadsIsHeldBackForItsFirstReaderAndThenRunsOn() throws Exception {
    streams = streams(small());
    start("p", process).attach();
    process.stdout.write(new byte[1024 * KIB]);
    assertThat(process.stdout.taken()).isLessThanOrEqualTo((128 + 256) * KIB);

    pass(Duration.ofSeconds(2));

    assertThat(process.stdout.taken()).isEqualTo(1024 * KIB);
    assertThat(streams.droppedBytes()).isEqualTo(1024 * KIB - streams.waitingBytes());
  }

  // garden-api.md §6.5: the reference's behaviour, on demand
  @Test
  void withOverflowDropASlowReaderLosesNewOutputAndTheProcessRunsOn() {
    streams = streams(small().withOverflow(StreamSettings.Overflow.DROP));
    Attachment attachment = start("p", process).attach();
    attachment.stdout().connect(() -> {});
    byte[] all = new byte[1024 * KIB];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) (i >> 12);
    }

    process.stdout.write(all);

    assertThat(process.stdout.taken()).isEqualTo(all.length);
    byte[] kept = drain(attachment.stdout());
    assertThat(kept.length).isBetween(64 * KIB, 256 * KIB);
    assertThat(Arrays.mismatch(kept, 0, 64 * KIB, all, 0, 64 * KIB)).isNegative();
    assertThat(streams.droppedBytes()).isEqualTo(all.length - kept.length);
  }

  // garden-api.md §14 weakness 2
  @Test
  void manyProcessesThatNobodyReadsShareOneBound() throws Exception {
    streams = streams(small());
    List<FakeProcess> processes = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      FakeProcess each = new FakeProcess();
      start("p" + i, each).attach();
      processes.add(each);
    }
    pass(Duration.ofSeconds(2));

    for (FakeProcess each : processes) {
      each.stdout.write(new byte[256 * KIB]);
      each.stderr.write(new byte[256 * KIB]);
    }

    assertThat(streams.waitingBytes()).isLessThanOrEqualTo((512 + 128 + 80 * 64) * KIB);
    assertThat(processes).allMatch(each -> each.stderr.taken() == 256 * KIB);
  }

  @Test
  void aReaderLosesNothingWhenMemoryIsShort() throws Exception {
    streams = streams(small());
    for (int i = 0; i < 10; i++) {
      FakeProcess hog = new FakeProcess();
      start("hog" + i, hog).attach();
      hog.stdout.write(new byte[256 * KIB]);
    }
    Attachment attachment = start("p", process).attach();
    attachment.stdout().connect(() -> {});

    process.stdout.write(new byte[1024 * KIB]);
    assertThat(process.stdout.taken()).isLessThan(256 * KIB);
    int read = 0;
    for (byte[] piece = drain(attachment.stdout()); piece.length > 0; ) {
      read += piece.length;
      piece = drain(attachment.stdout());
    }

    assertThat(read).isEqualTo(1024 * KIB);
  }

  @Test
  void aProcessHasABoundedNumberOfClients() {
    streams = streams(small());
    RunningProcess running = start("p", process);
    Attachment first = running.attach();
    running.attach();
    running.attach();

    assertThatThrownBy(running::attach)
        .isInstanceOf(GardenException.ServiceUnavailable.class)
        .hasMessage("process p has 3 clients (expected: at most 3)");
    first.disconnected();

    assertThat(running.attach().streamId()).isEqualTo("4");
  }

  @Test
  void clientsThatComeAndGoLeaveABoundedNumberOfStreams() {
    streams = streams(small());
    RunningProcess running = start("p", process);

    for (int i = 0; i < 100; i++) {
      running.attach().disconnected();
    }

    assertThat(streams.count()).isEqualTo(3);
    assertThat(streams.find("h", "p", "100")).isPresent();
  }

  // garden-api.md §14 weakness 19
  @Test
  void inputBeyondItsBoundMakesTheClientWaitUntilTheProcessReads() {
    streams = streams(small());
    Attachment attachment = start("p", process).attach();
    process.stdin.block();
    List<String> events = new ArrayList<>();

    attachment.writeStdin("x".repeat(100 * KIB));
    assertThat(attachment.isStdinFull()).isFalse();
    attachment.writeStdin("x".repeat(200 * KIB));
    assertThat(attachment.isStdinFull()).isTrue();
    attachment.whenStdinHasRoom(() -> events.add("room"));
    assertThat(events).isEmpty();
    process.stdin.unblock();

    assertThat(events).containsExactly("room");
    assertThat(streams.waitingBytes()).isZero();
  }

  // garden-api.md §6.5: bytes of one chunk that several readers hold in different parts
  @Test
  void smallReadsReachEveryReaderWholeAndInOrderAndAreFreed() {
    RunningProcess running = start("p", process);
    Attachment early = running.attach();
    early.stdout().connect(() -> {});
    process.stdout.write("one ");
    Attachment late = running.attach();
    late.stdout().connect(() -> {});
    process.stdout.write("two ");
    assertThat(drain(early.stdout())).asString().isEqualTo("one two ");

    process.stdout.write("three");

    assertThat(drain(early.stdout())).asString().isEqualTo("three");
    assertThat(drain(late.stdout())).asString().isEqualTo("two three");
    assertThat(streams.waitingBytes()).isZero();
  }

  // A child that lives on may hold the pipe: silence counts from the last output, not from the
  // exit.
  @Test
  void aPipeThatOutlivesItsProcessIsGivenUpWhenItWasSilentForItsTime() throws Exception {
    Attachment attachment = start("p", process).attach();
    attachment.stdout().connect(() -> {});
    Duration look = streams.settings().times().orphanedPipe().dividedBy(RunningProcess.LOOKS);
    process.exit.complete(0L);
    pass(look);
    process.stdout.write("of the child");
    drain(attachment.stdout());
    for (int i = 0; i < RunningProcess.LOOKS; i++) {
      pass(look);
      assertThat(attachment.stdout().isExhausted()).isFalse();
    }

    pass(look);

    assertThat(attachment.stdout().isExhausted()).isTrue();
  }

  // garden-api.md §14 weakness 2: a byte pins no chunk of its own
  @Test
  void singleBytesThatWaitAreOnePieceForEachChunk() {
    Attachment attachment = start("p", process).attach();
    process.stdout.writeByteByByte(new byte[64 * KIB]);
    int pieces = 0;
    long bytes = 0;
    for (ByteBuf piece = attachment.stdout().poll();
        piece != null;
        piece = attachment.stdout().poll()) {
      bytes += piece.readableBytes();
      piece.release();
      pieces++;
    }

    assertThat(bytes).isEqualTo(64 * KIB);
    assertThat(pieces).isLessThanOrEqualTo(32);
  }

  // guardian.md §20 case 43: by default input ends with the last client that had it open
  @Test
  void inputEndsWhenTheLastClientThatHadItOpenGoes() throws Exception {
    RunningProcess running = start("p", process);
    Attachment first = running.attach();
    Attachment second = running.attach();
    Attachment third = running.attach();
    third.writeStdin("a");

    first.disconnected();
    second.writeStdin("b");
    third.disconnected();
    assertThat(process.stdin.ended.getCount()).isEqualTo(1);
    second.disconnected();

    assertThat(process.stdin.awaitEnd()).isTrue();
    assertThat(process.stdin.received()).isEqualTo("ab");
  }

  // guardian.md §20 case 43: with the other policy it waits for the next client
  @Test
  void inputMayOutliveItsClients() throws Exception {
    streams = streams(StreamSettings.defaults().withEofOnDisconnect(false));
    RunningProcess running = start("p", process);
    Attachment first = running.attach();
    first.writeStdin("a");
    first.disconnected();
    assertThat(process.stdin.ended.getCount()).isEqualTo(1);

    Attachment next = running.attach();
    next.writeStdin("b");
    next.closeStdin();

    assertThat(process.stdin.awaitEnd()).isTrue();
    assertThat(process.stdin.received()).isEqualTo("ab");
  }
}
