package io.gardencell.client;

import io.gardencell.api.ProcessPayload;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * A process's standard input. The protocol carries text: bytes that are not UTF-8 arrive as U+FFFD,
 * but a character may be split between writes. Blocks while the server takes no more. Closing it is
 * the end of the input, of which the process learns. One thread at a time.
 */
final class StdinStream extends OutputStream {

  private static final int PIECE = 32 << 10;

  private final ControlStream control;
  private final String processId;
  private final CharsetDecoder utf8 =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private ByteBuffer broken = ByteBuffer.allocate(0);
  private boolean closed;

  StdinStream(ControlStream control, String processId) {
    this.control = control;
    this.processId = processId;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    if (closed) {
      throw new IOException("standard input is closed");
    }
    for (int next = from; next < from + count; next += PIECE) {
      send(ByteBuffer.wrap(bytes, next, Math.min(PIECE, from + count - next)), false);
    }
  }

  private void send(ByteBuffer piece, boolean last) throws IOException {
    ByteBuffer whole =
        ByteBuffer.allocate(broken.remaining() + piece.remaining()).put(broken).put(piece).flip();
    CharBuffer text = CharBuffer.allocate(whole.remaining() + 1);
    CoderResult result = utf8.decode(whole, text, last);
    if (last && result.isUnderflow()) {
      utf8.flush(text);
    }
    broken = whole;
    if (text.flip().hasRemaining()) {
      control.send(ProcessPayload.stdin(processId, text.toString()));
    }
  }

  /** Tells the process that there is no more. */
  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      send(ByteBuffer.allocate(0), true);
      control.send(ProcessPayload.stdin(processId, null));
    }
  }
}
