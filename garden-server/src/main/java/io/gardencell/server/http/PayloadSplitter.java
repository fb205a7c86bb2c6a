package io.gardencell.server.http;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/** Cuts a stream of JSON objects, with or without anything between them, into single ones. */
final class PayloadSplitter {

  private static final int LIMIT = 16 << 20;

  private final ByteArrayOutputStream value = new ByteArrayOutputStream();
  private int depth;
  private boolean inText;
  private boolean escaped;

  /**
   * Takes bytes and hands on each object that they complete.
   *
   * @return false if the bytes are no objects
   */
  boolean feed(ByteBuf bytes, Consumer<byte[]> objects) {
    int start = bytes.readerIndex();
    int end = bytes.writerIndex();
    for (int i = start; i < end; i++) {
      byte b = bytes.getByte(i);
      if (depth == 0) {
        if (b == '{') {
          depth = 1;
          start = i;
        } else if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
          return false;
        }
      } else if (step(b)) {
        append(bytes, start, i + 1);
        byte[] complete = value.toByteArray();
        value.reset();
        start = i + 1;
        objects.accept(complete);
      }
    }
    if (depth > 0) {
      append(bytes, start, end);
    }
    bytes.readerIndex(end);
    return value.size() <= LIMIT;
  }

  private boolean step(byte b) {
    if (inText) {
      if (escaped) {
        escaped = false;
      } else if (b == '\\') {
        escaped = true;
      } else if (b == '"') {
        inText = false;
      }
    } else if (b == '"') {
      inText = true;
    } else if (b == '{' || b == '[') {
      depth++;
    } else if (b == '}' || b == ']') {
      depth--;
      return depth == 0;
    }
    return false;
  }

  private void append(ByteBuf bytes, int from, int to) {
    byte[] piece = new byte[to - from];
    bytes.getBytes(from, piece);
    value.writeBytes(piece);
  }
}
