package io.gardencell.server.stream;

import io.gardencell.api.spi.ContainerProcess;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.CompletionHandler;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** A process whose pipes the test holds the other ends of. */
public final class FakeProcess implements ContainerProcess {

  public final Pipe stdout = new Pipe();
  public final Pipe stderr = new Pipe();
  public final Input stdin = new Input();
  public final CompletableFuture<Long> exit = new CompletableFuture<>();
  public final CompletableFuture<Void> terminated = new CompletableFuture<>();
  public final CompletableFuture<Void> killed = new CompletableFuture<>();
  public final CompletableFuture<String> resized = new CompletableFuture<>();
  public final CompletableFuture<Void> closed = new CompletableFuture<>();

  /** Called by each request to end, before it is known to have come. */
  public volatile Runnable onTerminate = () -> {};

  /** Ends both outputs and exits. */
  public void exit(long code) {
    stdout.end();
    stderr.end();
    exit.complete(code);
  }

  @Override
  public long pid() {
    return 7;
  }

  @Override
  public Optional<AsynchronousByteChannel> stdin() {
    return Optional.of(stdin);
  }

  @Override
  public Optional<AsynchronousByteChannel> stdout() {
    return Optional.of(stdout);
  }

  @Override
  public Optional<AsynchronousByteChannel> stderr() {
    return Optional.of(stderr);
  }

  @Override
  public boolean terminate() {
    onTerminate.run();
    terminated.complete(null);
    return true;
  }

  @Override
  public void kill() {
    killed.complete(null);
  }

  @Override
  public void resize(int columns, int rows) {
    resized.complete(columns + "x" + rows);
  }

  @Override
  public CompletableFuture<Long> exited() {
    return exit;
  }

  @Override
  public void close() {
    closed.complete(null);
  }

  /** What the process writes; a write waits for a reader, as a full pipe does. */
  public static final class Pipe extends OneWay {

    private final ArrayDeque<ByteBuffer> written = new ArrayDeque<>();
    private boolean ended;
    private Runnable reading = () -> {};
    private Runnable failing = () -> {};
    private long taken;
    private boolean bySingles;
    private CompletableFuture<Void> empty = new CompletableFuture<>();

    /** Gives bytes to whoever reads; they wait in the pipe. */
    public void write(byte[] bytes) {
      Runnable next;
      synchronized (this) {
        written.add(ByteBuffer.wrap(bytes.clone()));
        empty = new CompletableFuture<>();
        next = take();
      }
      next.run();
    }

    /** The same, but each read finds a single byte. */
    public void writeByteByByte(byte[] bytes) {
      synchronized (this) {
        bySingles = true;
      }
      write(bytes);
    }

    public void write(String text) {
      write(text.getBytes(StandardCharsets.UTF_8));
    }

    public void end() {
      Runnable next;
      synchronized (this) {
        ended = true;
        next = take();
      }
      next.run();
    }

    /** Bytes that were read out of the pipe. */
    public synchronized long taken() {
      return taken;
    }

    /** Completes when everything that was written so far has been read: no write waits any more. */
    public synchronized CompletableFuture<Void> emptied() {
      return empty;
    }

    private Runnable take() {
      Runnable now = reading;
      reading = () -> {};
      failing = () -> {};
      return now;
    }

    @Override
    public void close() {
      Runnable now;
      synchronized (this) {
        now = failing;
        take();
      }
      now.run();
    }

    @Override
    public <A> void read(
        ByteBuffer target, A attachment, CompletionHandler<Integer, ? super A> handler) {
      int count;
      synchronized (this) {
        ByteBuffer piece = written.peek();
        if (piece == null && !ended) {
          reading = () -> read(target, attachment, handler);
          failing = () -> handler.failed(new ClosedChannelException(), attachment);
          return;
        }
        if (piece == null) {
          count = -1;
        } else {
          int most = Math.min(piece.remaining(), target.remaining());
          count = bySingles ? Math.min(1, most) : most;
          target.put(piece.slice().limit(count));
          piece.position(piece.position() + count);
          taken += count;
          if (!piece.hasRemaining()) {
            written.poll();
            if (written.isEmpty()) {
              empty.complete(null);
            }
          }
        }
      }
      handler.completed(count, attachment);
    }
  }

  /** Remembers what was written to stdin; can be made to take nothing. */
  public static final class Input extends OneWay {

    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean blocked;
    public final CountDownLatch ended = new CountDownLatch(1);

    public synchronized void block() {
      blocked = true;
    }

    public void unblock() {
      List<Runnable> all;
      synchronized (this) {
        blocked = false;
        all = List.copyOf(waiting);
        waiting.clear();
      }
      all.forEach(Runnable::run);
    }

    public synchronized String received() {
      return received.toString(StandardCharsets.UTF_8);
    }

    @Override
    public <A> void write(
        ByteBuffer source, A attachment, CompletionHandler<Integer, ? super A> handler) {
      int count;
      synchronized (this) {
        if (blocked) {
          waiting.add(() -> write(source, attachment, handler));
          return;
        }
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        received.writeBytes(bytes);
        count = bytes.length;
      }
      handler.completed(count, attachment);
    }

    @Override
    public void close() {
      ended.countDown();
    }

    public boolean awaitEnd() throws InterruptedException {
      return ended.await(10, TimeUnit.SECONDS);
    }
  }

  private abstract static class OneWay implements AsynchronousByteChannel {

    @Override
    public <A> void read(
        ByteBuffer target, A attachment, CompletionHandler<Integer, ? super A> handler) {
      throw new UnsupportedOperationException("write only");
    }

    @Override
    public <A> void write(
        ByteBuffer source, A attachment, CompletionHandler<Integer, ? super A> handler) {
      throw new UnsupportedOperationException("read only");
    }

    @Override
    public Future<Integer> read(ByteBuffer target) {
      throw new UnsupportedOperationException("handlers only");
    }

    @Override
    public Future<Integer> write(ByteBuffer source) {
      throw new UnsupportedOperationException("handlers only");
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
