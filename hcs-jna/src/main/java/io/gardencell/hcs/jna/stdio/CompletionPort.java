package io.gardencell.hcs.jna.stdio;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.Kernel32;
import java.nio.channels.AsynchronousByteChannel;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one I/O completion port of all stdio pipes, served by one thread however many pipes there are
 * (go-winio: file.go does the same). Every operation ends with exactly one packet, also one that
 * succeeded at once: the notification mode that skips packets is left off, so that handlers always
 * run on the port's thread and never inside the caller.
 */
public final class CompletionPort implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(CompletionPort.class);
  private static final Pointer INVALID = Pointer.createConstant(-1L);
  private static final int WAIT_FOR_EVER = -1;
  private static final byte SKIP_SET_EVENT_ON_HANDLE = 2;
  private static final int ABANDONED_WAIT = 735;

  private final Kernel32 kernel32;
  private final Failures failures;
  private final Pointer port;
  private final AtomicLong keys = new AtomicLong();
  private final ConcurrentMap<Long, PipeChannel> channels = new ConcurrentHashMap<>();
  private final Thread thread;

  /** Makes the port and starts its thread, {@code hcs-io}. */
  public CompletionPort(Kernel32 kernel32, Failures failures) {
    this.kernel32 = kernel32;
    this.failures = failures;
    Pointer created =
        kernel32.CreateIoCompletionPort(INVALID, Pointer.NULL, Pointer.NULL, WAIT_FOR_EVER);
    if (created == null) {
      throw failures.lastError("CreateIoCompletionPort", "");
    }
    this.port = created;
    this.thread = new Thread(this::serve, "hcs-io");
    thread.setDaemon(true);
    thread.start();
  }

  /** A channel that reads from the pipe; null for a handle of value 0, which means no pipe. */
  public @Nullable AsynchronousByteChannel reader(@Nullable Pointer pipe) {
    return channel(pipe, () -> {});
  }

  /**
   * A channel that writes to the pipe; null for no pipe.
   *
   * @param onClosed runs once the handle is closed
   */
  public @Nullable AsynchronousByteChannel writer(@Nullable Pointer pipe, Runnable onClosed) {
    return channel(pipe, onClosed);
  }

  private @Nullable PipeChannel channel(@Nullable Pointer pipe, Runnable onClosed) {
    if (pipe == null) {
      return null;
    }
    long key = keys.incrementAndGet();
    var channel =
        new PipeChannel(
            kernel32,
            pipe,
            () -> {
              channels.remove(key);
              onClosed.run();
            });
    channels.put(key, channel);
    if (kernel32.CreateIoCompletionPort(pipe, port, Pointer.createConstant(key), 0) == null) {
      int error = Native.getLastError();
      channel.close();
      throw failures.win32(error, "CreateIoCompletionPort", "");
    }
    // an event nobody waits for need not be set; where that is refused, it is only set
    kernel32.SetFileCompletionNotificationModes(pipe, SKIP_SET_EVENT_ON_HANDLE);
    return channel;
  }

  /** Closes pipes nobody took. */
  public void discard(@Nullable Pointer... pipes) {
    for (Pointer pipe : pipes) {
      if (pipe != null) {
        kernel32.CloseHandle(pipe);
      }
    }
  }

  /** How many pipes are open. */
  public int size() {
    return channels.size();
  }

  /**
   * The outermost frame of the port's thread: it serves every pipe of every process, so neither a
   * handler that throws nor a wait that fails may end it.
   */
  @SuppressWarnings("checkstyle:IllegalCatch")
  private void serve() {
    boolean goesOn = true;
    while (goesOn) {
      try {
        goesOn = serveNext();
      } catch (RuntimeException | Error thrown) {
        log.atError().setCause(thrown).log("a pipe's completion handler failed");
      }
    }
  }

  /** Waits for one packet and hands it over; false once there can be no more. */
  private boolean serveNext() {
    var bytes = new IntByReference();
    var key = new PointerByReference();
    var overlapped = new PointerByReference();
    boolean success =
        kernel32.GetQueuedCompletionStatus(port, bytes, key, overlapped, WAIT_FOR_EVER);
    int error = success ? 0 : Native.getLastError();
    if (overlapped.getValue() == null) {
      if (!success) {
        log.atError().addKeyValue("error", failures.text(error)).log("no completion packet");
      }
      return !success && error != ABANDONED_WAIT && error != HcsErrors.INVALID_HANDLE;
    }
    PipeChannel channel = channels.get(Pointer.nativeValue(key.getValue()));
    if (channel != null) {
      channel.completed(error, bytes.getValue());
    }
    return true;
  }

  /** Ends the thread; pipes still open are closed by their owners. */
  @Override
  public void close() {
    kernel32.PostQueuedCompletionStatus(port, 0, Pointer.NULL, Pointer.NULL);
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    kernel32.CloseHandle(port);
  }
}
