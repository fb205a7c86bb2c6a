package io.gardencell.hcs.fault;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousByteChannel;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.CompletionHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A pipe whose reads, writes and close misbehave as its host says. A read or write that hangs ends
 * when the pipe is closed, as one of the real pipe does. Any thread; nothing blocks.
 */
final class FaultyPipe implements AsynchronousByteChannel {

  private final FaultyHost host;
  private final String name;
  private final AsynchronousByteChannel pipe;
  private final List<Waiting<?, ?>> waiting = new ArrayList<>();

  FaultyPipe(FaultyHost host, String name, AsynchronousByteChannel pipe) {
    this.host = host;
    this.name = name;
    this.pipe = pipe;
  }

  /** An operation that did not begin; it begins or is cut off, once. */
  private record Waiting<A extends @Nullable Object, H>(
      AtomicBoolean over, Runnable begin, Runnable cut) {

    void goOn() {
      if (!over.getAndSet(true)) {
        begin.run();
      }
    }

    void end() {
      if (!over.getAndSet(true)) {
        cut.run();
      }
    }
  }

  @Override
  public <A extends @Nullable Object> void read(
      ByteBuffer to, A attachment, CompletionHandler<Integer, ? super A> handler) {
    operate("read", attachment, handler, h -> pipe.read(to, attachment, h));
  }

  @Override
  public <A extends @Nullable Object> void write(
      ByteBuffer from, A attachment, CompletionHandler<Integer, ? super A> handler) {
    operate("write", attachment, handler, h -> pipe.write(from, attachment, h));
  }

  private <A extends @Nullable Object> void operate(
      String what,
      A attachment,
      CompletionHandler<Integer, ? super A> handler,
      Consumer<CompletionHandler<Integer, ? super A>> start) {
    Fault hit = host.enter(name + "." + what);
    if (hit == null) {
      start.accept(handler);
      return;
    }
    switch (hit.kind()) {
      case FAIL -> fail(attachment, handler, new IOException(name + ": injected"));
      case HALF -> start.accept(new Failing<>(handler));
      case DELAY ->
          CompletableFuture.delayedExecutor(hit.delay().toNanos(), TimeUnit.NANOSECONDS)
              .execute(() -> start.accept(handler));
      case HANG -> {
        Waiting<A, Object> one =
            new Waiting<>(
                new AtomicBoolean(),
                () -> start.accept(handler),
                () -> fail(attachment, handler, new AsynchronousCloseException()));
        synchronized (waiting) {
          waiting.add(one);
        }
        host.whenReleased(one::goOn);
      }
    }
  }

  /** Not on the caller's thread: a completion handler may begin the next operation. */
  private static <A extends @Nullable Object> void fail(
      A attachment, CompletionHandler<Integer, ? super A> handler, IOException failure) {
    var unused = CompletableFuture.runAsync(() -> handler.failed(failure, attachment));
  }

  /** Tells of a failure after the work was done. */
  private record Failing<A extends @Nullable Object>(CompletionHandler<Integer, ? super A> handler)
      implements CompletionHandler<Integer, A> {

    @Override
    public void completed(Integer count, A attachment) {
      handler.failed(new IOException("injected after " + count + " bytes"), attachment);
    }

    @Override
    public void failed(Throwable failure, A attachment) {
      handler.failed(failure, attachment);
    }
  }

  @Override
  public Future<Integer> read(ByteBuffer to) {
    return pipe.read(to);
  }

  @Override
  public Future<Integer> write(ByteBuffer from) {
    return pipe.write(from);
  }

  @Override
  public boolean isOpen() {
    return pipe.isOpen();
  }

  /** A close that fails has closed the pipe all the same, as one of the system does. */
  @Override
  public void close() throws IOException {
    Fault hit = host.enter(name + ".close");
    pipe.close();
    List<Waiting<?, ?>> cut;
    synchronized (waiting) {
      cut = List.copyOf(waiting);
      waiting.clear();
    }
    cut.forEach(Waiting::end);
    if (hit != null && (hit.kind() == Fault.Kind.FAIL || hit.kind() == Fault.Kind.HALF)) {
      throw new IOException(name + ": close injected");
    }
  }
}
