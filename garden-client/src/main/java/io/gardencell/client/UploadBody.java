package io.gardencell.client;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A request body sent in chunks. It has no end before {@link #finish}: {@link #close} leaves it
 * broken off, so that a failed writer cannot be taken for one that had no more to say. One thread
 * at a time.
 */
final class UploadBody extends OutputStream {

  private static final int CHUNK = 32 << 10;
  private static final byte[] LAST = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Connection connection;
  private final Duration bound;
  private final byte[] chunk = new byte[CHUNK];
  private int filled;

  UploadBody(Connection connection, Duration bound) {
    this.connection = connection;
    this.bound = bound;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    int next = from;
    while (next < from + count) {
      int taken = Math.min(from + count - next, CHUNK - filled);
      System.arraycopy(bytes, next, chunk, filled, taken);
      filled += taken;
      next += taken;
      if (filled == CHUNK) {
        flush();
      }
    }
  }

  @Override
  public void flush() throws IOException {
    if (filled == 0) {
      return;
    }
    if (connection.hasInput()) {
      throw new AnsweredEarly();
    }
    byte[] size = (Integer.toHexString(filled) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    ByteBuffer framed = ByteBuffer.allocate(size.length + filled + 2);
    framed.put(size).put(chunk, 0, filled).put((byte) '\r').put((byte) '\n').flip();
    filled = 0;
    connection.write(framed, bound);
  }

  /** Sends what is left and the end. */
  void finish() throws IOException {
    flush();
    connection.write(ByteBuffer.wrap(LAST), bound);
  }

  /** Does not end the body. */
  @Override
  public void close() {
    filled = 0;
  }

  /** The server answered, or hung up, before it had the whole body. */
  static final class AnsweredEarly extends IOException {

    private static final long serialVersionUID = 1L;

    AnsweredEarly() {
      super("the server answered before the end of the body");
    }
  }
}
