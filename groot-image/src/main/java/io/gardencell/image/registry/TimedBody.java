package io.gardencell.image.registry;

import io.gardencell.api.files.BlockInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A response body that fails when the sender falls silent: {@code java.net.http} has a timeout up
 * to the headers and none after. At most a window of pieces is in memory. Filled by the client's
 * threads, read by one other.
 */
final class TimedBody extends BlockInputStream implements HttpResponse.BodySubscriber<InputStream> {

  private static final int WINDOW = 16;

  private sealed interface Piece {}

  private record Bytes(List<ByteBuffer> buffers) implements Piece {}

  private record End(@Nullable Throwable failure) implements Piece {}

  private final Duration silence;
  private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
  private final Deque<ByteBuffer> current = new ArrayDeque<>();
  private volatile Flow.@Nullable Subscription subscription;
  private volatile boolean closed;
  private @Nullable End end;

  TimedBody(Duration silence) {
    this.silence = silence;
  }

  @Override
  public CompletionStage<InputStream> getBody() {
    return CompletableFuture.completedStage(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription from) {
    subscription = from;
    if (closed) {
      from.cancel();
    } else {
      from.request(WINDOW);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    pieces.add(new Bytes(buffers));
  }

  @Override
  public void onError(Throwable failure) {
    pieces.add(new End(failure));
  }

  @Override
  public void onComplete() {
    pieces.add(new End(null));
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (true) {
      ByteBuffer first = current.peek();
      if (first == null) {
        if (!refill()) {
          return -1;
        }
      } else if (first.hasRemaining()) {
        int n = Math.min(length, first.remaining());
        first.get(into, offset, n);
        return n;
      } else {
        current.remove();
      }
    }
  }

  private boolean refill() throws IOException {
    End known = end;
    if (known == null) {
      Piece piece = next();
      if (piece instanceof Bytes bytes) {
        current.addAll(bytes.buffers());
        Flow.Subscription from = subscription;
        if (from != null) {
          from.request(1);
        }
        return true;
      }
      known = (End) piece;
      end = known;
    }
    Throwable failure = known.failure();
    if (failure != null) {
      throw new IOException(HttpFailures.text(failure), failure);
    }
    return false;
  }

  private Piece next() throws IOException {
    if (closed) {
      throw new IOException("closed");
    }
    try {
      Piece piece = pieces.poll(silence.toMillis(), TimeUnit.MILLISECONDS);
      if (piece == null) {
        close();
        throw new HttpTimeoutException("no data for " + silence.toSeconds() + " s");
      }
      return piece;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  @Override
  public void close() {
    closed = true;
    Flow.Subscription from = subscription;
    if (from != null) {
      from.cancel();
    }
  }
}
