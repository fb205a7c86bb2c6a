package io.gardencell.emulator.compute;

import io.gardencell.emulator.posix.PipeLoop;
import io.gardencell.emulator.posix.Posix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * The reading end of a process's {@code life} FIFO: its supervisor writes to it when the process
 * has started, and lets go of it when the exit code is on disk, or dies. Any thread; both are told
 * on the loop's.
 */
final class LifeLine implements AutoCloseable {

  private final PipeLoop loop;
  private final int fd;
  private final CompletableFuture<Boolean> started = new CompletableFuture<>();
  private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
  private volatile boolean closed;

  private LifeLine(PipeLoop loop, Path home) throws IOException {
    this.loop = loop;
    this.fd = Posix.openForRead(home.resolve("life"));
  }

  /**
   * Of a supervisor that is yet to come: as long as nobody holds the other end, nothing is told.
   */
  static LifeLine ofNext(PipeLoop loop, Path home) throws IOException {
    LifeLine line = new LifeLine(loop, home);
    loop.onReadable(line.fd, line::look);
    return line;
  }

  /** Of a supervisor that was there: if nobody holds the other end, it has ended. */
  static LifeLine of(PipeLoop loop, Path home) throws IOException {
    LifeLine line = new LifeLine(loop, home);
    loop.execute(line::look);
    return line;
  }

  private void look() {
    if (closed) {
      return;
    }
    int n;
    try {
      n = loop.probe(fd);
    } catch (IOException e) {
      started.completeExceptionally(e);
      ended.completeExceptionally(e);
      return;
    }
    if (n > 0) {
      started.complete(true);
    }
    if (n >= 0) {
      loop.onReadable(fd, this::look);
    } else {
      started.complete(false);
      ended.complete(true);
    }
  }

  /** Whether the process has started; false if its supervisor ended before. */
  CompletableFuture<Boolean> started() {
    return started;
  }

  /** Completes when the supervisor has let go. */
  CompletableFuture<Boolean> ended() {
    return ended;
  }

  /** What was not told by now is never told. */
  @Override
  public void close() {
    closed = true;
    loop.close(fd);
  }
}
