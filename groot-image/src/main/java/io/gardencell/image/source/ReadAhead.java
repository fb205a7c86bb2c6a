package io.gardencell.image.source;

import io.gardencell.api.GardenException;
import io.gardencell.api.files.BlockInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream a little ahead in a thread of its own, so that inflating a layer and writing its
 * files go on side by side, as they do in {@code gzip -dc | tar -x}. Half a megabyte at most is in
 * between. One reader.
 */
final class ReadAhead extends BlockInputStream {

  private static final int PIECE = 128 * 1024;
  private static final int PIECES = 4;
  private static final AtomicInteger NUMBER = new AtomicInteger();

  /** Bytes, or the end: by a failure if there is one. */
  private record Piece(byte[] bytes, int length, @Nullable Throwable failure) {
    boolean isEnd() {
      return length < 0;
    }
  }

  private final InputStream in;
  private final BlockingQueue<Piece> full = new ArrayBlockingQueue<>(PIECES + 1);
  private final BlockingQueue<byte[]> empty = new ArrayBlockingQueue<>(PIECES);
  private final Thread thread;
  private @Nullable Piece current;
  private int position;

  /** Begins to read; the stream is closed with this one. */
  ReadAhead(InputStream in) {
    this.in = in;
    for (int i = 0; i < PIECES; i++) {
      empty.add(new byte[PIECE]);
    }
    thread = new Thread(this::readAll, "layer-reader-" + NUMBER.incrementAndGet());
    thread.setDaemon(true);
    thread.start();
  }

  @SuppressWarnings("checkstyle:IllegalCatch") // the outermost frame; whoever reads gets it
  private void readAll() {
    try {
      Throwable failure = null;
      try {
        for (int n = 0; n >= 0; ) {
          byte[] bytes = empty.take();
          n = in.readNBytes(bytes, 0, bytes.length);
          if (n == 0) {
            break;
          }
          full.put(new Piece(bytes, n, null));
        }
      } catch (IOException | RuntimeException | Error e) {
        failure = e;
      }
      full.put(new Piece(new byte[0], -1, failure));
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    Piece piece = current();
    if (piece.isEnd()) {
      throwAgain(piece.failure());
      return -1;
    }
    int n = Math.min(length, piece.length() - position);
    System.arraycopy(piece.bytes(), position, into, offset, n);
    position += n;
    return n;
  }

  private Piece current() throws IOException {
    Piece piece = current;
    try {
      while (piece == null || (!piece.isEnd() && position == piece.length())) {
        if (piece != null) {
          empty.put(piece.bytes());
        }
        piece = full.take();
        current = piece;
        position = 0;
      }
      return piece;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private static void throwAgain(@Nullable Throwable failure) throws IOException {
    if (failure instanceof GardenException refusal) {
      throw refusal;
    }
    if (failure instanceof IOException io) {
      throw io;
    }
    if (failure != null) {
      throw new IllegalStateException("reading a layer", failure);
    }
  }

  /** Ends the thread, then closes the stream, which nobody else may read any more by then. */
  @Override
  public void close() throws IOException {
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    in.close();
  }
}
