package io.gardencell.runtime.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.api.spi.ContainerProcess;
import io.gardencell.runtime.FakePipe;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.nio.channels.AsynchronousByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AttachedStreamsTest {

  private static final Duration LONG = Duration.ofSeconds(20);

  private final FakePipe stdin = new FakePipe();
  private final FakePipe stdout = new FakePipe();
  private final FakePipe stderr = new FakePipe();
  private final CompletableFuture<Long> exited = new CompletableFuture<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  // winc-runtime.md §18 case 46
  @Test
  void inputArrivesAndItsEndClosesThePipe() throws Exception {
    CompletableFuture<Long> code =
        pump(new ByteArrayInputStream("hello".getBytes(StandardCharsets.UTF_8)), LONG);

    assertThat(stdin.take()).asString(StandardCharsets.UTF_8).isEqualTo("hello");
    assertThat(stdin.take()).isNull();
    assertThat(stdin.isClosed()).isTrue();
    end(7);
    assertThat(code.get(10, TimeUnit.SECONDS)).isEqualTo(7);
  }

  // winc-runtime.md §18 case 47
  @Test
  void inputThatNeverEndsDoesNotKeepTheCommand() throws Exception {
    try (PipedInputStream silent = new PipedInputStream()) {
      CompletableFuture<Long> code = pump(silent, LONG);
      end(0);

      assertThat(code.get(10, TimeUnit.SECONDS)).isZero();
    }
  }

  // winc-runtime.md §18 case 48
  @Test
  void withoutInputThePipeIsClosedAtOnce() throws Exception {
    CompletableFuture<Long> code = pump(InputStream.nullInputStream(), LONG);

    assertThat(stdin.take()).isNull();
    assertThat(code).isNotDone();
    end(0);
    assertThat(code.get(10, TimeUnit.SECONDS)).isZero();
  }

  @Test
  void bothOutputsArriveWhole() throws Exception {
    CompletableFuture<Long> code = pump(InputStream.nullInputStream(), LONG);
    byte[] large = new byte[300_000];
    java.util.Arrays.fill(large, (byte) 'x');
    stdout.put(large);
    stderr.put("oops".getBytes(StandardCharsets.UTF_8));
    end(0xC000013AL);

    // winc-runtime.md §18 case 45
    assertThat(code.get(10, TimeUnit.SECONDS)).isEqualTo(0xC000013AL);
    assertThat(out.size()).isEqualTo(300_000);
    assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("oops");
  }

  // winc-runtime.md §18 case 49, §17.31: the command ends; a server's reader gets the rest
  @Test
  void outputHeldOpenAfterTheEndIsWaitedForOnlySoLong() throws Exception {
    CompletableFuture<Long> code = pump(InputStream.nullInputStream(), Duration.ofMillis(50));
    stdout.put("last words".getBytes(StandardCharsets.UTF_8));
    exited.complete(3L);

    assertThat(code.get(10, TimeUnit.SECONDS)).isEqualTo(3);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("last words");
  }

  // winc-runtime.md §17.32
  @Test
  void aConsumerThatWentAwayDoesNotBreakTheProcess() throws Exception {
    OutputStream gone =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("broken pipe");
          }
        };
    CompletableFuture<Long> code =
        CompletableFuture.supplyAsync(
            () -> AttachedStreams.pump(process(), InputStream.nullInputStream(), gone, err, LONG));
    stdout.put(new byte[10]);
    stdout.put(new byte[10]);
    stderr.put("still".getBytes(StandardCharsets.UTF_8));
    assertThat(stdout.isClosed()).isFalse();
    end(0);

    assertThat(code.get(10, TimeUnit.SECONDS)).isZero();
    assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("still");
  }

  private CompletableFuture<Long> pump(InputStream in, Duration drain) {
    return CompletableFuture.supplyAsync(
        () -> AttachedStreams.pump(process(), in, out, err, drain));
  }

  private void end(long code) {
    stdout.end();
    stderr.end();
    exited.complete(code);
  }

  private ContainerProcess process() {
    return new ContainerProcess() {
      @Override
      public long pid() {
        return 1;
      }

      @Override
      public Optional<AsynchronousByteChannel> stdin() {
        return channel(stdin);
      }

      @Override
      public Optional<AsynchronousByteChannel> stdout() {
        return channel(stdout);
      }

      @Override
      public Optional<AsynchronousByteChannel> stderr() {
        return channel(stderr);
      }

      private Optional<AsynchronousByteChannel> channel(@Nullable FakePipe pipe) {
        return Optional.ofNullable(pipe);
      }

      @Override
      public boolean terminate() {
        return false;
      }

      @Override
      public void kill() {}

      @Override
      public void resize(int columns, int rows) {}

      @Override
      public CompletableFuture<Long> exited() {
        return exited;
      }

      @Override
      public void close() {}
    };
  }
}
