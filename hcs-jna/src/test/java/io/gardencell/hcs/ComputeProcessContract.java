package io.gardencell.hcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.hcs.document.ProcessDocument;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link ComputeProcess} and its pipes do (hcs-abi.md sections 2 and 10). */
public abstract class ComputeProcessContract extends HostContract {

  private ComputeSystem system;

  @BeforeEach
  void startSystem() {
    system = running();
  }

  private ComputeProcess start(String commandLine) {
    return start(commandLine, Map.of());
  }

  private ComputeProcess start(String commandLine, Map<String, String> environment) {
    return system.createProcess(ProcessDocument.of(commandLine, "", "C:\\", environment, true));
  }

  private static long exitOf(ComputeProcess process) throws Exception {
    return process.exited().get(60, TimeUnit.SECONDS);
  }

  private static byte[] readAll(AsynchronousByteChannel channel, int pieceSize) throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer piece = ByteBuffer.allocate(pieceSize);
    while (channel.read(piece.clear()).get(60, TimeUnit.SECONDS) >= 0) {
      all.write(piece.array(), 0, piece.position());
    }
    return all.toByteArray();
  }

  private static String textOf(AsynchronousByteChannel channel) throws Exception {
    return new String(readAll(channel, 4096), StandardCharsets.UTF_8).replace("\r\n", "\n");
  }

  private static CompletableFuture<Void> writeAll(AsynchronousByteChannel channel, byte[] bytes) {
    return CompletableFuture.runAsync(
        () -> {
          ByteBuffer left = ByteBuffer.wrap(bytes);
          try {
            while (left.hasRemaining()) {
              channel.write(left).get(60, TimeUnit.SECONDS);
            }
            channel.close();
          } catch (InterruptedException
              | ExecutionException
              | TimeoutException
              | IOException failed) {
            throw new IllegalStateException(failed);
          }
        });
  }

  @Test
  void keepsItsStreamsApart() throws Exception {
    ComputeProcess process = start(fixture().writes("to-out", "to-err"));

    assertThat(textOf(process.stdout().orElseThrow())).isEqualTo("to-out\n");
    assertThat(textOf(process.stderr().orElseThrow())).isEqualTo("to-err\n");
    assertThat(exitOf(process)).isZero();
  }

  // hcs-abi.md §18 case 21: a broken pipe is the end
  @Test
  void givesOutputOfAProcessThatHasLongEnded() throws Exception {
    ComputeProcess process = start(fixture().writes("to-out", "to-err"));
    exitOf(process);

    assertThat(textOf(process.stderr().orElseThrow())).isEqualTo("to-err\n");
    assertThat(textOf(process.stdout().orElseThrow())).isEqualTo("to-out\n");
  }

  @Test
  void hasTheVariablesOfItsDocument() throws Exception {
    String name = "CONTRACT_VARIABLE";
    ComputeProcess with =
        start(fixture().printsVariable(name), Map.of(name, "a value with spaces & more"));
    ComputeProcess without = start(fixture().printsVariable(name));

    assertThat(textOf(with.stdout().orElseThrow())).isEqualTo("a value with spaces & more\n");
    assertThat(textOf(without.stdout().orElseThrow())).isEqualTo("(unset)\n");
  }

  // winc-runtime.md §5: the command line is taken apart by the rules of the Microsoft C runtime
  @Test
  void takesItsCommandLineApart() throws Exception {
    ComputeProcess process =
        start(
            fixture().printsArguments() + " plain \"two words\" a\\b \"quo\\\"te\" \"end\\\\\" x");

    assertThat(textOf(process.stdout().orElseThrow()))
        .isEqualTo("[plain]\n[two words]\n[a\\b]\n[quo\"te]\n[end\\]\n[x]\n");
  }

  // hcs-abi.md §18 case 22
  @Test
  void carriesEveryByteThroughBothPipesToASlowReader() throws Exception {
    byte[] bytes = new byte[3_000_000];
    new Random(7).nextBytes(bytes);
    ComputeProcess process = start(fixture().echoes());

    CompletableFuture<Void> written = writeAll(process.stdin().orElseThrow(), bytes);
    byte[] read = readAll(process.stdout().orElseThrow(), 1_777);

    assertThat(read).isEqualTo(bytes);
    written.get(60, TimeUnit.SECONDS);
    assertThat(exitOf(process)).isZero();
  }

  @Test
  void waitsForItsReaderAndLosesNothing() throws Exception {
    int size = 8 * 1024 * 1024;
    ComputeProcess process = start(fixture().writesZeros(size));
    AsynchronousByteChannel out = process.stdout().orElseThrow();
    ByteBuffer first = ByteBuffer.allocateDirect(100);
    int n = out.read(first).get(60, TimeUnit.SECONDS);

    assertThatThrownBy(() -> process.exited().get(700, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    assertThat(process.properties().exited()).isFalse();

    assertThat(n + readAll(out, 100_000).length).isEqualTo(size);
    assertThat(exitOf(process)).isZero();
  }

  @Test
  void doesNotLetOneUnreadProcessHoldUpAnother() throws Exception {
    ComputeProcess unread = start(fixture().writesZeros(8 * 1024 * 1024));
    ComputeProcess read = start(fixture().writesZeros(8 * 1024 * 1024));

    assertThat(readAll(read.stdout().orElseThrow(), 100_000)).hasSize(8 * 1024 * 1024);
    assertThat(exitOf(read)).isZero();
    assertThat(unread.exited()).isNotDone();
    unread.terminate();
    assertThat(exitOf(unread)).isEqualTo(1067);
  }

  // hcs-abi.md §10 rule 4
  @Test
  void failsAWriteToAProcessThatHasEnded() throws Exception {
    ComputeProcess process = start(fixture().exits(3));
    AsynchronousByteChannel in = process.stdin().orElseThrow();
    assertThat(exitOf(process)).isEqualTo(3);

    ByteBuffer bytes = ByteBuffer.allocate(4096);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 1000; i++) {
                in.write(bytes.clear()).get(60, TimeUnit.SECONDS);
              }
            })
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(IOException.class);
  }

  // hcs-abi.md §18 case 21: cancel by close
  @Test
  void endsAReadThatIsUnderWayWhenItsChannelIsClosed() throws Exception {
    ComputeProcess process = start(fixture().runsForever());
    AsynchronousByteChannel out = process.stdout().orElseThrow();
    var read = out.read(ByteBuffer.allocate(10));

    out.close();

    assertThatThrownBy(() -> read.get(60, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(IOException.class);
    assertThat(out.isOpen()).isFalse();
  }

  @Test
  void tellsEachOfManyHowItEnded() throws Exception {
    List<ComputeProcess> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(start(fixture().exits(i + 1)));
    }
    for (int i = 0; i < 20; i++) {
      assertThat(exitOf(all.get(i))).isEqualTo(i + 1);
      assertThat(all.get(i).properties().processId()).isEqualTo(all.get(i).pid());
    }
    assertThat(all).extracting(ComputeProcess::pid).doesNotHaveDuplicates();
  }

  @Test
  void tellsTheEndToEveryHandle() throws Exception {
    ComputeProcess first = start(fixture().runsForever());
    ComputeProcess second = system.openProcess(first.pid());

    second.terminate();

    assertThat(exitOf(first)).isEqualTo(1067);
    assertThat(exitOf(second)).isEqualTo(1067);
  }

  @Test
  void livesOnWhenItsHandleIsClosed() throws Exception {
    ComputeProcess process = start(fixture().runsForever());
    long pid = process.pid();
    process.close();

    assertThatThrownBy(() -> process.exited().get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(HcsException.class);
    ComputeProcess again = system.openProcess(pid);
    assertThat(again.exited()).isNotDone();
    again.terminate();
    assertThat(exitOf(again)).isEqualTo(1067);
  }

  @Test
  void isNoFailureToTerminateTwice() throws Exception {
    ComputeProcess process = start(fixture().exits(5));
    assertThat(exitOf(process)).isEqualTo(5);
    process.terminate();
    assertThat(process.properties().exitCode()).isEqualTo(5);
  }
}
