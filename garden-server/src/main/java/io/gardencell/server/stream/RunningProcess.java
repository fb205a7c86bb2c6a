package io.gardencell.server.stream;

import io.gardencell.api.GardenException;
import io.gardencell.api.spi.ContainerProcess;
import java.nio.channels.AsynchronousByteChannel;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process whose pipes are being pumped; made by {@link Streams#start}. It owns the {@link
 * ContainerProcess} and closes it when the process has ended and its output is read to the end, or
 * on {@link #close}. Any thread; nothing but {@link #terminate}, {@link #kill} and {@link #resize}
 * can block.
 */
public final class RunningProcess {

  private static final Logger log = LoggerFactory.getLogger(RunningProcess.class);

  /** How often it is seen whether a pipe is silent, in the time after which it is given up. */
  static final int LOOKS = 10;

  private final String handle;
  private final String id;
  private final ContainerProcess process;
  private final Streams streams;
  private final OutputPump stdout;
  private final OutputPump stderr;
  private final InputPump stdin;
  private final Set<Attachment> attachments = ConcurrentHashMap.newKeySet();
  private final Queue<Attachment> left = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Long> exited = new CompletableFuture<>();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private final CompletableFuture<Void> released = new CompletableFuture<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile Runnable silence = () -> {};

  RunningProcess(String handle, String id, ContainerProcess process, Streams streams) {
    this.handle = handle;
    this.id = id;
    this.process = process;
    this.streams = streams;
    String name = handle + "/" + id;
    stdout = new OutputPump(name + "/stdout", process.stdout().orElse(null), streams.memory());
    stderr = new OutputPump(name + "/stderr", process.stderr().orElse(null), streams.memory());
    AsynchronousByteChannel input = process.stdin().orElse(null);
    stdin =
        new InputPump(
            name + "/stdin", input, streams.settings().bounds().stdinBytes(), streams.memory());
  }

  /** Called once, when the object is complete. */
  void begin() {
    streams.later(
        streams.settings().times().firstReader(),
        () -> {
          stdout.release();
          stderr.release();
        });
    CompletableFuture.allOf(stdout.ended(), stderr.ended())
        .thenRun(
            () -> {
              watchExit();
              exited.whenComplete((code, failure) -> finished());
            });
    exited.whenComplete((code, failure) -> streams.ended());
    process.exited().whenComplete(this::ended);
  }

  /** Container of the process. */
  public String handle() {
    return handle;
  }

  /** Id of the process within its container. */
  public String id() {
    return id;
  }

  /** Pid on the host. */
  public long pid() {
    return process.pid();
  }

  /**
   * Attaches a client; output from now on reaches it, for the first one all output.
   *
   * @throws GardenException.ServiceUnavailable if the process has too many clients already
   */
  public Attachment attach() {
    int most = streams.settings().bounds().clients();
    if (attachments.size() >= most) {
      throw new GardenException.ServiceUnavailable(
          "process %s has %d clients (expected: at most %d)".formatted(id, most, most));
    }
    Attachment attachment = streams.register(this, stdout::pump, stderr::pump);
    attachments.add(attachment);
    stdout.add(attachment.stdout());
    stderr.add(attachment.stderr());
    if (drained.isDone()) {
      streams.retain(attachment);
    }
    return attachment;
  }

  /**
   * Completes promptly with the exit code, unsigned 32 bits; exceptionally if how it ended cannot
   * be known. Not to be completed by others; what depends on it must not block.
   */
  public CompletableFuture<Long> exited() {
    return exited;
  }

  /** Completes when the process has ended and all its output is in the readers' queues. */
  public CompletableFuture<Void> drained() {
    return drained;
  }

  /** Completes when the process has ended and every client was told or is gone. */
  public CompletableFuture<Void> released() {
    return released;
  }

  /** Whether the exit is known. */
  public boolean hasExited() {
    return exited.isDone();
  }

  /** Asks the process to end; false if the host has no such signal. */
  public boolean terminate() {
    return process.terminate();
  }

  /** Ends the process at once. */
  public void kill() {
    process.kill();
    watchExit();
  }

  /**
   * Names what is called if the exit is not known a while after all output has ended or after a
   * kill: the host's notification may be lost. Called on the timer's thread, so it must not block.
   */
  public void onSilence(Runnable action) {
    silence = action;
  }

  /** Takes the exit from another handle to the same process too, and closes that in the end. */
  public void followAlso(ContainerProcess again) {
    again.exited().whenComplete(this::ended);
    exited.whenComplete((code, failure) -> again.close());
  }

  /** The process is known to have ended, nobody knows how. */
  public void endedUnseen() {
    ended(0L, new IllegalStateException("process " + id + " has ended, its status is not known"));
  }

  private void watchExit() {
    if (!exited.isDone()) {
      streams.later(
          streams.settings().times().orphanedPipe(),
          () -> {
            if (!exited.isDone()) {
              silence.run();
            }
          });
    }
  }

  /** Sets the window size. */
  public void resize(int columns, int rows) {
    process.resize(columns, rows);
  }

  /**
   * Lets go of the process without ending it: clients that still wait get {@code reason} as their
   * error, unless it is empty (then they learn nothing, as when the server stops).
   */
  public void close(String reason) {
    if (!reason.isEmpty()) {
      exited.completeExceptionally(new IllegalStateException(reason));
    }
    stdout.finish();
    stderr.finish();
    closeProcess();
  }

  InputPump input() {
    return stdin;
  }

  void detach(Attachment attachment, boolean hadInput) {
    attachments.remove(attachment);
    if (!exited.isDone()) {
      stdout.remove(attachment.stdout());
      stderr.remove(attachment.stderr());
      attachment.stdout().end();
      attachment.stderr().end();
      retain(attachment);
    }
    if (hadInput
        && streams.settings().eofOnDisconnect()
        && attachments.stream().noneMatch(Attachment::hasInput)) {
      stdin.end();
    }
    releasedIfDone();
  }

  /**
   * The process runs on: what its former clients left unread is kept for a while, not all of it.
   */
  private void retain(Attachment attachment) {
    streams.retain(attachment);
    left.add(attachment);
    if (left.size() > streams.settings().bounds().clients()) {
      Attachment oldest = left.poll();
      if (oldest != null) {
        streams.forget(oldest);
      }
    }
  }

  private void ended(Long code, @Nullable Throwable failure) {
    stdin.abandon();
    if (failure == null) {
      exited.complete(code);
    } else {
      // A stage that was derived from the one that failed wraps the failure.
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : null;
      exited.completeExceptionally(cause == null ? failure : cause);
    }
    releasedIfDone();
    watchOrphan(stdout, 0);
    watchOrphan(stderr, 0);
  }

  private void releasedIfDone() {
    if (exited.isDone() && attachments.isEmpty()) {
      released.complete(null);
    }
  }

  /** Gives a pipe up that stays silent: a child that lives on may hold its other end. */
  private void watchOrphan(OutputPump pump, int silentLooks) {
    if (pump.ended().isDone()) {
      return;
    }
    if (silentLooks == LOOKS) {
      log.atInfo()
          .addKeyValue("handle", handle)
          .addKeyValue("process", id)
          .log("output pipe outlives its process, given up");
      pump.finish();
      return;
    }
    long before = pump.reads();
    boolean wasReading = pump.isReading();
    streams.later(
        streams.settings().times().orphanedPipe().dividedBy(LOOKS),
        () -> {
          boolean silent = wasReading && pump.isReading() && pump.reads() == before;
          watchOrphan(pump, silent ? silentLooks + 1 : 0);
        });
  }

  private void finished() {
    drained.complete(null);
    streams.retainAll(this);
    closeProcess();
  }

  private void closeProcess() {
    if (!closed.getAndSet(true)) {
      process.close();
    }
  }
}
