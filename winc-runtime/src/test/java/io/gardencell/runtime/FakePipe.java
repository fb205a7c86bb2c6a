package io.gardencell.runtime;

import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousByteChannel;
import java.nio.channels.CompletionHandler;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A pipe in memory; the side of the command is an asynchronous channel, the side of the process
 * blocks. Any thread.
 */
public final class FakePipe implements AsynchronousByteChannel {

  private final ArrayDeque<byte[]> content = new ArrayDeque<>();
  private boolean ended;
  private boolean open = true;
  private @Nullable ByteBuffer waiting;
  private @Nullable CompletableFuture<Integer> reader;

  /** The process writes. */
  public synchronized void put(byte[] bytes) {
    if (bytes.length > 0) {
      content.add(bytes);
      serve();
    }
  }

  /** The writer is done. */
  public synchronized void end() {
    ended = true;
    serve();
    notifyAll();
  }

  /** The process reads what is there, or waits for it; null at the end. */
  public synchronized byte @Nullable [] take() throws InterruptedException {
    while (content.isEmpty() && !ended) {
      wait();
    }
    return content.poll();
  }

  public synchronized boolean isClosed() {
    return !open;
  }

  @Override
  public synchronized Future<Integer> read(ByteBuffer buffer) {
    waiting = buffer;
    CompletableFuture<Integer> result = new CompletableFuture<>();
    reader = result;
    serve();
    return result;
  }

  @Override
  public synchronized Future<Integer> write(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    content.add(bytes);
    notifyAll();
    return CompletableFuture.completedFuture(bytes.length);
  }

  private void serve() {
    ByteBuffer buffer = waiting;
    CompletableFuture<Integer> result = reader;
    if (buffer == null || result == null || (content.isEmpty() && !ended)) {
      return;
    }
    waiting = null;
    reader = null;
    byte[] bytes = content.poll();
    if (bytes == null) {
      result.complete(-1);
      return;
    }
    int count = Math.min(bytes.length, buffer.remaining());
    buffer.put(bytes, 0, count);
    if (count < bytes.length) {
      content.addFirst(java.util.Arrays.copyOfRange(bytes, count, bytes.length));
    }
    result.complete(count);
  }

  @Override
  public <A> void read(ByteBuffer to, A attachment, CompletionHandler<Integer, ? super A> handler) {
    throw new AssertionError("not expected");
  }

  @Override
  public <A> void write(
      ByteBuffer from, A attachment, CompletionHandler<Integer, ? super A> handler) {
    throw new AssertionError("not expected");
  }

  @Override
  public synchronized boolean isOpen() {
    return open;
  }

  /** Closing the side of the command ends the input of the process. */
  @Override
  public synchronized void close() {
    open = false;
    ended = true;
    notifyAll();
  }
}
