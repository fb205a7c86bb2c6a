package io.gardencell.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes a body of unknown length from a worker, which waits while the client is slow. The header
 * goes out with the first full buffer; a small body that is complete by then gets its length.
 */
final class StreamedBody extends OutputStream {

  private static final int BUFFER = 1 << 18;

  private final ChannelHandlerContext ctx;
  private final String contentType;
  private final boolean http10;
  private final boolean close;
  private final Object writable = new Object();
  private @Nullable ByteBuf buffer;
  private volatile boolean gone;
  private boolean begun;

  StreamedBody(ChannelHandlerContext ctx, String contentType, boolean http10, boolean close) {
    this.ctx = ctx;
    this.contentType = contentType;
    this.http10 = http10;
    this.close = close;
  }

  boolean hasBegun() {
    return begun;
  }

  /** Whether the end of the body is the end of the connection. */
  boolean endsWithConnection() {
    return close || (http10 && begun);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      ByteBuf target = buffer;
      if (target == null) {
        target = ctx.alloc().directBuffer(BUFFER, BUFFER);
        buffer = target;
      }
      int count = Math.min(length - done, target.writableBytes());
      target.writeBytes(bytes, offset + done, count);
      done += count;
      if (!target.isWritable()) {
        send(target);
      }
    }
  }

  void finish() throws IOException {
    ByteBuf rest = buffer;
    int size = rest == null ? 0 : rest.readableBytes();
    if (!begun && size <= HttpHead.SMALL_BODY) {
      HttpHead head = head().with("Content-Length", Integer.toString(size));
      head.withConnection(http10, close);
      ctx.write(head.encode(ctx.alloc(), 0));
    } else if (rest != null && size > 0) {
      send(rest);
      rest = null;
    }
    buffer = null;
    if (rest != null) {
      ctx.write(rest);
    }
    if (begun && !http10) {
      ctx.write(text("0\r\n\r\n"));
    }
    ctx.flush();
  }

  private HttpHead head() {
    return new HttpHead(200, http10).withContentType(contentType).withDate();
  }

  private void send(ByteBuf piece) throws IOException {
    buffer = null;
    try {
      awaitWritable();
    } catch (IOException e) {
      piece.release();
      throw e;
    }
    if (!begun) {
      begun = true;
      HttpHead head = head();
      if (!http10) {
        head.withConnection(false, close).with("Transfer-Encoding", "chunked");
      }
      ctx.write(head.encode(ctx.alloc(), 0));
    }
    if (!http10) {
      ctx.write(text(Integer.toHexString(piece.readableBytes()) + "\r\n"));
    }
    ctx.write(piece);
    if (!http10) {
      ctx.write(text("\r\n"));
    }
    ctx.flush();
  }

  private ByteBuf text(String text) {
    ByteBuf bytes = ctx.alloc().directBuffer(16);
    bytes.writeCharSequence(text, StandardCharsets.US_ASCII);
    return bytes;
  }

  private void awaitWritable() throws IOException {
    synchronized (writable) {
      while (!gone && !ctx.channel().isWritable()) {
        try {
          writable.wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new InterruptedIOException("interrupted while sending");
        }
      }
    }
    if (gone) {
      throw new IOException("the client closed the connection");
    }
  }

  void writability() {
    synchronized (writable) {
      writable.notifyAll();
    }
  }

  void gone() {
    gone = true;
    writability();
  }

  /** Gives back what was not sent. */
  @Override
  public void close() {
    if (buffer != null) {
      buffer.release();
      buffer = null;
    }
  }
}
