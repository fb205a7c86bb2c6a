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

  private static final int CHUNK = 128 << 10;

  /** Room before the bytes for their count in hexadecimal and the end of its line. */
  private static final int HEAD = Integer.toHexString(CHUNK).length() + 2;

  private static final int END = 2;
  private static final byte[] LAST = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Connection connection;
  private final Duration bound;

  /** The chunk as it is sent; its bytes stand from HEAD to the position. */
  private final ByteBuffer framed =
      ByteBuffer.allocateDirect(HEAD + CHUNK + END).limit(HEAD + CHUNK).position(HEAD);

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
      int taken = Math.min(from + count - next, framed.remaining());
      framed.put(bytes, next, taken);
      next += taken;
      if (!framed.hasRemaining()) {
        flush();
      }
    }
  }

  @Override
  public void flush() throws IOException {
    int filled = framed.position() - HEAD;
    if (filled == 0) {
      return;
    }
    if (connection.hasInput()) {
      throw new AnsweredEarly();
    }
    byte[] size = (Integer.toHexString(filled) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    framed.limit(framed.position() + END).put((byte) '\r').put((byte) '\n').flip();
    framed.position(HEAD - size.length).mark();
    framed.put(size).reset();
    connection.write(framed, bound);
    empty();
  }

  private void empty() {
    framed.limit(HEAD + CHUNK).position(HEAD);
  }

  /** Sends what is left and the end. */
  void finish() throws IOException {
    flush();
    connection.write(ByteBuffer.wrap(LAST), bound);
  }

  /** Does not end the body. */
  @Override
  public void close() {
    empty();
  }

  /** The server answered, or hung up, before it had the whole body. */
  static final class AnsweredEarly extends IOException {

    private static final long serialVersionUID = 1L;

    AnsweredEarly() {
      super("the server answered before the end of the body");
    }
  }
}
