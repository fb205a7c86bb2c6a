package io.gardencell.server.http;

import io.gardencell.api.files.BlockInputStream;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A request body on its way from the event loop to the worker that reads it, bounded. */
final class BodyStream extends BlockInputStream {

  private static final int HIGH = 2 << 20;
  private static final int LOW = HIGH / 2;

  private final ArrayDeque<ByteBuf> pieces = new ArrayDeque<>();
  private final Runnable beforeFirstRead;
  private final Runnable roomAgain;
  private boolean begun;
  private boolean complete;
  private boolean closed;
  private boolean full;
  private int bytes;
  private @Nullable IOException failure;

  BodyStream(Runnable beforeFirstRead, Runnable roomAgain) {
    this.beforeFirstRead = beforeFirstRead;
    this.roomAgain = roomAgain;
  }

  /** Takes the buffer over; false if no more should be read from the socket for now. */
  synchronized boolean append(ByteBuf piece) {
    if (closed || failure != null || !piece.isReadable()) {
      piece.release();
      return !full;
    }
    bytes += piece.readableBytes();
    pieces.add(piece);
    notifyAll();
    full = bytes >= HIGH;
    return !full;
  }

  synchronized void complete() {
    complete = true;
    notifyAll();
  }

  /** What waits is freed at once: the call that would read it may never run. */
  synchronized void fail(String reason) {
    if (!complete && failure == null) {
      failure = new IOException(reason);
      free();
      notifyAll();
    }
  }

  private void free() {
    pieces.forEach(ByteBuf::release);
    pieces.clear();
    bytes = 0;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    boolean first;
    synchronized (this) {
      first = !begun;
      begun = true;
    }
    if (first) {
      beforeFirstRead.run();
    }
    int count;
    boolean room;
    synchronized (this) {
      ByteBuf piece = await();
      if (piece == null) {
        return -1;
      }
      count = Math.min(length, piece.readableBytes());
      piece.readBytes(target, offset, count);
      bytes -= count;
      if (!piece.isReadable()) {
        pieces.remove();
        piece.release();
      }
      room = full && bytes <= LOW;
      full = full && !room;
    }
    if (room) {
      roomAgain.run();
    }
    return count;
  }

  private @Nullable ByteBuf await() throws IOException {
    while (pieces.isEmpty() && !complete && failure == null && !closed) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while reading a request body");
      }
    }
    if (closed) {
      throw new IOException("request body is closed");
    }
    ByteBuf piece = pieces.peek();
    if (piece == null && failure != null) {
      throw failure;
    }
    return piece;
  }

  /** What comes later is thrown away. */
  @Override
  public void close() {
    boolean wasFull;
    synchronized (this) {
      closed = true;
      free();
      wasFull = full;
      full = false;
      notifyAll();
    }
    if (wasFull) {
      roomAgain.run();
    }
  }
}
