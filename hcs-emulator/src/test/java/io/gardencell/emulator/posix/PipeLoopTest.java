package io.gardencell.emulator.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.CompletionHandler;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class PipeLoopTest {

  private PipeLoop loop;
  private PipeChannel reader;
  private PipeChannel writer;
  private int readable;

  @BeforeEach
  void open(@TempDir Path directory) throws IOException {
    loop = new PipeLoop(directory);
    Path fifo = directory.resolve("fifo");
    Posix.mkfifo(fifo);
    readable = Posix.openForRead(fifo);
    writer = new PipeChannel(loop, Posix.openForWrite(fifo), true, () -> {});
    reader = new PipeChannel(loop, readable, false, () -> {});
  }

  @AfterEach
  void close() {
    reader.close();
    writer.close();
    loop.close();
  }

  private void write(String text) throws Exception {
    writer.write(ByteBuffer.wrap(text.getBytes())).get(10, TimeUnit.SECONDS);
  }

  /** Completes with the thread that a read ended on. */
  private static final class Ending implements CompletionHandler<Integer, ByteBuffer> {

    private final CompletableFuture<String> thread = new CompletableFuture<>();

    @Override
    public void completed(Integer count, ByteBuffer into) {
      thread.complete(Thread.currentThread().getName());
    }

    @Override
    public void failed(Throwable failure, ByteBuffer into) {
      thread.completeExceptionally(failure);
    }
  }

  private Ending read(ByteBuffer into) {
    Ending ending = new Ending();
    reader.read(into, into, ending);
    return ending;
  }

  @Test
  void whatIsThereIsReadOnTheCallersThreadBeforeTheCallReturns() throws Exception {
    write("ready");
    ByteBuffer into = ByteBuffer.allocateDirect(16);

    Ending ending = read(into);

    assertThat(ending.thread).isCompletedWithValue(Thread.currentThread().getName());
    assertThat(into.position()).isEqualTo(5);
  }

  @Test
  void whatIsNotThereYetIsReadOnTheLoopsThread() throws Exception {
    Ending ending = read(ByteBuffer.allocateDirect(16));
    assertThat(ending.thread).isNotDone();

    write("late");

    assertThat(ending.thread.get(10, TimeUnit.SECONDS)).isEqualTo("emulator-pipes");
  }

  @Test
  void noCallerIsKeptByAPipeThatNeverRunsDry() throws Exception {
    write("x".repeat(1000));
    ByteBuffer into = ByteBuffer.allocateDirect(1);
    boolean onLoop = false;
    for (int i = 0; i < 100 && !onLoop; i++) {
      onLoop = read(into.clear()).thread.get(10, TimeUnit.SECONDS).equals("emulator-pipes");
    }

    assertThat(onLoop).isTrue();
  }

  @Test
  void aReadThatIsOutstandingFailsWhenThePipeIsClosed() {
    Ending ending = read(ByteBuffer.allocateDirect(16));

    reader.close();

    assertThat(ending.thread)
        .failsWithin(10, TimeUnit.SECONDS)
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(AsynchronousCloseException.class);
  }

  @Test
  void workWithoutEndDoesNotStarveThePipes() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    Runnable endless =
        new Runnable() {
          @Override
          public void run() {
            if (!over.get()) {
              loop.execute(this);
            }
          }
        };
    CountDownLatch heard = new CountDownLatch(1);
    try {
      loop.onReadable(readable, heard::countDown);
      loop.execute(endless);

      write("hello");

      assertThat(heard.await(10, TimeUnit.SECONDS)).isTrue();
    } finally {
      over.set(true);
    }
  }
}
