package io.gardencell.hcs.jna.stdio;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.jna.win32.Kernel32;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousByteChannel;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.CompletionHandler;
import java.nio.channels.ReadPendingException;
import java.nio.channels.WritePendingException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One end of a stdio pipe under overlapped I/O, at most one operation at a time. Any thread may
 * begin an operation or close; handlers run on the completion port's thread.
 *
 * <p>A direct buffer is given to the system as it is and kept reachable until the operation has
 * ended; for a heap buffer a native one of at most 64 KiB stands in. The handle is closed once,
 * when no operation is under way any more.
 */
final class PipeChannel implements AsynchronousByteChannel {

  static final int OVERLAPPED_BYTES = 32;
  private static final int BOUNCE_BYTES = 64 * 1024;
  private static final int IO_PENDING = 997;
  private static final int NO_DATA = 232;

  private final Kernel32 kernel32;
  private final Pointer handle;
  private final Runnable onClosed;
  private final Memory overlapped = new Memory(OVERLAPPED_BYTES);
  private @Nullable Memory bounce;
  private @Nullable Operation<?> current;
  private boolean closing;
  private boolean released;

  PipeChannel(Kernel32 kernel32, Pointer handle, Runnable onClosed) {
    this.kernel32 = kernel32;
    this.handle = handle;
    this.onClosed = onClosed;
  }

  @Override
  public <A> void read(
      ByteBuffer dst, A attachment, CompletionHandler<Integer, ? super A> handler) {
    if (dst.isReadOnly()) {
      throw new IllegalArgumentException("buffer: read-only (expected: writable)");
    }
    begin(new Operation<>(dst, false, attachment, handler));
  }

  @Override
  public <A> void write(
      ByteBuffer src, A attachment, CompletionHandler<Integer, ? super A> handler) {
    begin(new Operation<>(src, true, attachment, handler));
  }

  @Override
  public Future<Integer> read(ByteBuffer dst) {
    var future = new CompletableFuture<Integer>();
    read(dst, future, new Completing());
    return future;
  }

  @Override
  public Future<Integer> write(ByteBuffer src) {
    var future = new CompletableFuture<Integer>();
    write(src, future, new Completing());
    return future;
  }

  private void begin(Operation<?> operation) {
    IOException refused;
    synchronized (this) {
      if (current != null) {
        if (operation.writes) {
          throw new WritePendingException();
        }
        throw new ReadPendingException();
      }
      refused = closing ? new ClosedChannelException() : issue(operation);
    }
    if (refused != null) {
      operation.fail(refused);
    }
  }

  /** Issues the operation; returns the failure if no packet will come. */
  private @Nullable IOException issue(Operation<?> operation) {
    Pointer memory;
    int size;
    ByteBuffer buffer = operation.buffer;
    if (buffer.isDirect()) {
      memory = Native.getDirectBufferPointer(buffer).share(buffer.position());
      size = buffer.remaining();
    } else {
      Memory own = bounce();
      size = Math.min(buffer.remaining(), BOUNCE_BYTES);
      if (operation.writes) {
        byte[] bytes = new byte[size];
        buffer.duplicate().get(bytes);
        own.write(0, bytes, 0, size);
      }
      memory = own;
    }
    overlapped.clear();
    current = operation;
    boolean done =
        operation.writes
            ? kernel32.WriteFile(handle, memory, size, null, overlapped)
            : kernel32.ReadFile(handle, memory, size, null, overlapped);
    int error = done ? 0 : Native.getLastError();
    if (done || error == IO_PENDING) {
      return null;
    }
    current = null;
    if (!operation.writes && error == HcsErrors.BROKEN_PIPE) {
      return EndOfStream.INSTANCE;
    }
    return failure(operation, error);
  }

  private Memory bounce() {
    Memory memory = bounce;
    if (memory == null) {
      memory = new Memory(BOUNCE_BYTES);
      bounce = memory;
    }
    return memory;
  }

  /** The port's thread: the outstanding operation has ended. */
  void completed(int error, int bytes) {
    Operation<?> operation;
    boolean release;
    boolean wasClosing;
    synchronized (this) {
      operation = current;
      if (operation == null) {
        return;
      }
      if (error == 0 && !operation.writes && !operation.buffer.isDirect() && bytes > 0) {
        byte[] copy = bounce().getByteArray(0, bytes);
        operation.buffer.put(copy);
      } else if (error == 0) {
        operation.buffer.position(operation.buffer.position() + bytes);
      }
      current = null;
      wasClosing = closing;
      release = closing;
    }
    if (release) {
      release();
    }
    if (error == 0) {
      operation.complete(
          bytes == 0 && !operation.writes && operation.buffer.hasRemaining() ? -1 : bytes);
    } else if (error == HcsErrors.BROKEN_PIPE && !operation.writes) {
      operation.complete(-1);
    } else if (wasClosing && error == HcsErrors.OPERATION_ABORTED) {
      operation.fail(new AsynchronousCloseException());
    } else {
      operation.fail(failure(operation, error));
    }
  }

  private static IOException failure(Operation<?> operation, int error) {
    String text = error == NO_DATA ? "The pipe is being closed." : HcsErrors.text(error);
    return new IOException(
        "%s pipe: %s (0x%x)"
            .formatted(operation.writes ? "writing to" : "reading from", text, error));
  }

  @Override
  public synchronized boolean isOpen() {
    return !closing;
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closing) {
        return;
      }
      closing = true;
      if (current != null) {
        kernel32.CancelIoEx(handle, Pointer.NULL);
        return;
      }
    }
    release();
  }

  private void release() {
    synchronized (this) {
      if (released) {
        return;
      }
      released = true;
      kernel32.CloseHandle(handle);
      overlapped.close();
      if (bounce != null) {
        bounce.close();
        bounce = null;
      }
    }
    onClosed.run();
  }

  /** An operation under way with all it keeps reachable. */
  private static final class Operation<A> {

    final ByteBuffer buffer;
    final boolean writes;
    private final A attachment;
    private final CompletionHandler<Integer, ? super A> handler;

    Operation(
        ByteBuffer buffer,
        boolean writes,
        A attachment,
        CompletionHandler<Integer, ? super A> handler) {
      this.buffer = buffer;
      this.writes = writes;
      this.attachment = attachment;
      this.handler = handler;
    }

    void complete(int bytes) {
      handler.completed(bytes, attachment);
    }

    void fail(IOException failure) {
      if (failure == EndOfStream.INSTANCE) {
        complete(-1);
      } else {
        handler.failed(failure, attachment);
      }
    }
  }

  /** Stands for "the writer is gone" where the system says so at once. */
  private static final class EndOfStream extends IOException {

    private static final long serialVersionUID = 1L;

    static final EndOfStream INSTANCE = new EndOfStream();

    private EndOfStream() {
      super("end of stream", null);
    }
  }

  private static final class Completing
      implements CompletionHandler<Integer, CompletableFuture<Integer>> {

    @Override
    public void completed(Integer bytes, CompletableFuture<Integer> future) {
      future.complete(bytes);
    }

    @Override
    public void failed(Throwable failure, CompletableFuture<Integer> future) {
      future.completeExceptionally(failure);
    }
  }
}
