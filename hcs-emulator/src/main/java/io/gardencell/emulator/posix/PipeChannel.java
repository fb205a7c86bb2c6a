package io.gardencell.emulator.posix;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousByteChannel;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.CompletionHandler;
import java.nio.channels.ReadPendingException;
import java.nio.channels.WritePendingException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One end of a FIFO as an asynchronous channel on a {@link PipeLoop}. One read and one write at a
 * time. A read takes what is there on the caller's own thread, where its handler runs before the
 * call returns: the bytes are warm, and no other thread has to wake. When nothing is there, and now
 * and then so that no caller is kept for ever, the loop's thread does it. Any thread may close.
 */
public final class PipeChannel implements AsynchronousByteChannel {

  /** So many reads in a row on callers' threads, then one on the loop's. */
  private static final int MOST_AT_ONCE = 16;

  private final PipeLoop loop;
  private final int fd;
  private final boolean writer;
  private final Runnable onEnd;
  private final AtomicBoolean open = new AtomicBoolean(true);
  private final AtomicReference<@Nullable Operation<?>> reading = new AtomicReference<>();
  private final AtomicReference<@Nullable Operation<?>> writing = new AtomicReference<>();
  private final Object gate = new Object();
  private volatile boolean completing;
  private volatile int atOnce;
  private boolean enlarged;

  private record Operation<A>(
      ByteBuffer buffer, @Nullable A attachment, CompletionHandler<Integer, ? super A> handler) {

    void complete(int count) {
      handler.completed(count, attachment());
    }

    void fail(Throwable e) {
      handler.failed(e, attachment());
    }
  }

  /**
   * Takes over a descriptor.
   *
   * @param writer whether it is a writing end
   * @param onEnd runs once: on end of stream for a reading end, on close for a writing end
   */
  public PipeChannel(PipeLoop loop, int fd, boolean writer, Runnable onEnd) {
    this.loop = loop;
    this.fd = fd;
    this.writer = writer;
    this.onEnd = onEnd;
  }

  @Override
  public <A extends @Nullable Object> void read(
      ByteBuffer dst, A attachment, CompletionHandler<Integer, ? super A> handler) {
    if (dst.isReadOnly()) {
      throw new IllegalArgumentException("read-only buffer (expected: a writable one)");
    }
    Operation<A> operation = new Operation<>(dst, attachment, handler);
    if (!reading.compareAndSet(null, operation)) {
      throw new ReadPendingException();
    }
    // Within its own handler a read would recurse; a heap buffer needs the loop's own memory.
    boolean here = dst.isDirect() && !completing && atOnce < MOST_AT_ONCE;
    if (here) {
      atOnce = atOnce + 1;
      readNow();
    } else {
      atOnce = 0;
      start(reading, operation, this::readNow);
    }
  }

  @Override
  public <A extends @Nullable Object> void write(
      ByteBuffer src, A attachment, CompletionHandler<Integer, ? super A> handler) {
    Operation<A> operation = new Operation<>(src, attachment, handler);
    if (!writing.compareAndSet(null, operation)) {
      throw new WritePendingException();
    }
    start(writing, operation, this::writeNow);
  }

  private void start(
      AtomicReference<@Nullable Operation<?>> slot, Operation<?> operation, Runnable attempt) {
    loop.execute(
        () -> {
          if (!open.get()) {
            if (slot.compareAndSet(operation, null)) {
              operation.fail(new ClosedChannelException());
            }
          } else {
            attempt.run();
          }
        });
  }

  private void readNow() {
    Operation<?> operation = reading.get();
    if (operation == null) {
      return;
    }
    int count;
    try {
      count = operation.buffer().hasRemaining() ? take(operation.buffer()) : 0;
    } catch (IOException e) {
      if (reading.compareAndSet(operation, null)) {
        operation.fail(e);
      }
      return;
    }
    if (count == 0 && operation.buffer().hasRemaining()) {
      awaitBytes();
    } else if (reading.compareAndSet(operation, null)) {
      if (count < 0) {
        loop.execute(onEnd);
      }
      completing = true;
      try {
        operation.complete(count);
      } finally {
        completing = false;
      }
    }
  }

  /** What is there, into the buffer; under a lock, so that the descriptor is not another's yet. */
  private int take(ByteBuffer dst) throws IOException {
    synchronized (gate) {
      if (!open.get()) {
        throw new AsynchronousCloseException();
      }
      int count;
      if (dst.isDirect()) {
        count = loop.readNow(fd, at(dst), dst.remaining());
        if (count > 0) {
          dst.position(dst.position() + count);
        }
      } else {
        Memory scratch = loop.scratch();
        count = loop.readNow(fd, scratch, Math.min(scratch.size(), dst.remaining()));
        if (count > 0) {
          dst.put(scratch.getByteBuffer(0, count));
        }
      }
      if (count >= PipeLoop.PLENTY && !enlarged) {
        // Only now: what all pipes of a user may hold together is limited.
        enlarged = true;
        Posix.enlarge(fd);
      }
      return count;
    }
  }

  private void awaitBytes() {
    loop.execute(
        () -> {
          // Once closed, the descriptor may be another channel's; close fails the read itself.
          if (open.get()) {
            loop.onReadable(fd, this::readNow);
          }
        });
  }

  private void writeNow() {
    Operation<?> operation = writing.get();
    if (operation == null) {
      return;
    }
    ByteBuffer src = operation.buffer();
    if (!src.hasRemaining()) {
      writing.set(null);
      operation.complete(0);
      return;
    }
    int count = src.remaining();
    long n;
    if (src.isDirect()) {
      n = LibC.write(fd, at(src), count);
    } else {
      Memory scratch = loop.scratch();
      count = (int) Math.min(scratch.size(), count);
      ByteBuffer piece = src.slice(src.position(), count);
      scratch.getByteBuffer(0, count).put(piece);
      n = LibC.write(fd, scratch, count);
    }
    if (n >= 0) {
      src.position(src.position() + (int) n);
      writing.set(null);
      operation.complete((int) n);
      return;
    }
    int errno = Native.getLastError();
    if (errno == Posix.EAGAIN || errno == Posix.EINTR) {
      loop.onWritable(fd, this::writeNow);
      return;
    }
    writing.set(null);
    operation.fail(new IOException("write: broken pipe (errno " + errno + ")"));
  }

  private static Pointer at(ByteBuffer direct) {
    return Native.getDirectBufferPointer(direct).share(direct.position());
  }

  @Override
  public Future<Integer> read(ByteBuffer dst) {
    CompletableFuture<Integer> result = new CompletableFuture<>();
    read(dst, result, new Completion());
    return result;
  }

  @Override
  public Future<Integer> write(ByteBuffer src) {
    CompletableFuture<Integer> result = new CompletableFuture<>();
    write(src, result, new Completion());
    return result;
  }

  private static final class Completion
      implements CompletionHandler<Integer, CompletableFuture<Integer>> {

    @Override
    public void completed(Integer count, CompletableFuture<Integer> result) {
      result.complete(count);
    }

    @Override
    public void failed(Throwable e, CompletableFuture<Integer> result) {
      result.completeExceptionally(e);
    }
  }

  @Override
  public boolean isOpen() {
    return open.get();
  }

  @Override
  public void close() {
    synchronized (gate) {
      if (!open.compareAndSet(true, false)) {
        return;
      }
    }
    loop.close(fd);
    loop.execute(
        () -> {
          for (var slot : List.of(reading, writing)) {
            Operation<?> operation;
            synchronized (gate) {
              operation = slot.getAndSet(null);
            }
            if (operation != null) {
              operation.fail(new AsynchronousCloseException());
            }
          }
          if (writer) {
            onEnd.run();
          }
        });
  }
}
