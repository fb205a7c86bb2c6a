package io.gardencell.server.stream;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One client of a process: its own output queues, and its way to stdin and signals. Made by {@link
 * RunningProcess#attach()}; whoever made it calls {@link #disconnected()} or {@link #release()}.
 * Any thread; nothing blocks.
 */
public final class Attachment {

  private final String streamId;
  private final RunningProcess process;
  private final OutputQueue stdout;
  private final OutputQueue stderr;
  private final AtomicBoolean hasInput = new AtomicBoolean(true);
  private final AtomicBoolean attached = new AtomicBoolean(true);

  Attachment(String streamId, RunningProcess process, OutputQueue stdout, OutputQueue stderr) {
    this.streamId = streamId;
    this.process = process;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  /** The id under which the output sockets find this attachment. */
  public String streamId() {
    return streamId;
  }

  /** The process it is attached to. */
  public RunningProcess process() {
    return process;
  }

  /** Output that the process writes to stdout from now on. */
  public OutputQueue stdout() {
    return stdout;
  }

  /** Output that the process writes to stderr from now on. */
  public OutputQueue stderr() {
    return stderr;
  }

  /** Completes with the exit code as soon as it is known. */
  public CompletableFuture<Long> exited() {
    return process.exited();
  }

  /** Bytes for stdin, as UTF-8; after the end of input they go nowhere. */
  public void writeStdin(String text) {
    if (hasInput.get()) {
      process.input().write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** The end of input, for the process as a whole, behind what was written. */
  public void closeStdin() {
    if (hasInput.getAndSet(false)) {
      process.input().end();
    }
  }

  /** Whether so much input waits that the client should be made to wait too. */
  public boolean isStdinFull() {
    return process.input().isFull();
  }

  /** Calls once when there is room for input again. */
  public void whenStdinHasRoom(Runnable action) {
    process.input().whenRoom(action);
  }

  /** The client is gone: its output leaves the fan-out, its input may have been the last one. */
  public void disconnected() {
    if (attached.getAndSet(false)) {
      process.detach(this, hasInput.getAndSet(false));
    }
  }

  /** The client was told the exit, or the server stops: input is left as it is. */
  public void release() {
    if (attached.getAndSet(false)) {
      process.detach(this, false);
    }
  }

  boolean hasInput() {
    return hasInput.get();
  }
}
