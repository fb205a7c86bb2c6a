package io.gardencell.client;

import io.gardencell.api.files.BlockInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.time.Duration;

/**
 * The body of an answer as its head announces it: by length, in chunks, or up to the end of the
 * connection. A body that breaks off is an {@link EOFException}, never a short one. Closing it
 * closes the connection. One thread at a time.
 */
final class AnswerBody extends BlockInputStream {

  private final Connection connection;
  private final Duration bound;
  private final boolean chunked;
  private final boolean delimited;
  private long left;
  private boolean firstChunk = true;
  private boolean ended;

  AnswerBody(Connection connection, AnswerHead head, Duration bound) throws IOException {
    this.connection = connection;
    this.bound = bound;
    this.chunked = head.isChunked();
    long length = head.contentLength();
    this.delimited = chunked || length >= 0;
    this.left = chunked ? 0 : length;
    this.ended = head.status() == 204 || !chunked && length == 0;
  }

  @Override
  public int read(byte[] into, int from, int count) throws IOException {
    if (ended) {
      return -1;
    }
    if (count == 0) {
      return 0;
    }
    if (chunked && left == 0 && !nextChunk()) {
      ended = true;
      return -1;
    }
    int most = delimited ? (int) Math.min(count, left) : count;
    int taken = connection.read(into, from, most, bound);
    if (taken < 0) {
      ended = true;
      if (delimited) {
        throw new EOFException("answer breaks off");
      }
      return -1;
    }
    left -= taken;
    if (delimited && !chunked && left == 0) {
      ended = true;
    }
    return taken;
  }

  private boolean nextChunk() throws IOException {
    if (!firstChunk) {
      String end = AnswerHead.line(connection, bound);
      if (!end.isEmpty()) {
        throw new ProtocolException("chunk is longer than announced");
      }
    }
    firstChunk = false;
    String size = AnswerHead.line(connection, bound).split(";", 2)[0].trim();
    if (!size.matches("[0-9a-fA-F]{1,15}")) {
      throw new ProtocolException("chunk of size '" + size + "' (expected: hexadecimal)");
    }
    left = Long.parseLong(size, 16);
    if (left > 0) {
      return true;
    }
    while (!AnswerHead.line(connection, bound).isEmpty()) {
      continue; // trailers are of no use here
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
