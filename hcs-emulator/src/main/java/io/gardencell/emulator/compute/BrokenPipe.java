package io.gardencell.emulator.compute;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousByteChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.NonReadableChannelException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** The stdin of a process that has ended: takes nothing. Any thread. */
final class BrokenPipe implements AsynchronousByteChannel {

  private volatile boolean closed;

  private static IOException failure() {
    return new IOException("write: broken pipe");
  }

  @Override
  public <A extends @Nullable Object> void write(
      ByteBuffer src, A attachment, CompletionHandler<Integer, ? super A> handler) {
    handler.failed(failure(), attachment);
  }

  @Override
  public Future<Integer> write(ByteBuffer src) {
    return CompletableFuture.failedFuture(failure());
  }

  @Override
  public <A extends @Nullable Object> void read(
      ByteBuffer dst, A attachment, CompletionHandler<Integer, ? super A> handler) {
    throw new NonReadableChannelException();
  }

  @Override
  public Future<Integer> read(ByteBuffer dst) {
    throw new NonReadableChannelException();
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public void close() {
    closed = true;
  }
}
