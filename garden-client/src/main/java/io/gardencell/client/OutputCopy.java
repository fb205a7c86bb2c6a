package io.gardencell.client;

import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Copies several connections to their sinks up to their ends, on the caller's thread, so that none
 * can stop another by being full.
 */
final class OutputCopy {

  private final Map<Connection, OutputStream> sinks = new LinkedHashMap<>();

  OutputCopy add(Connection from, OutputStream to) {
    sinks.put(from, to);
    return this;
  }

  /** Returns at the end of all; after a timeout it can be called again and goes on. */
  void run(Duration bound) throws IOException {
    long end = System.nanoTime() + bound.toNanos();
    try (Selector selector = Selector.open()) {
      for (Connection connection : sinks.keySet()) {
        connection.registerForReading(selector);
      }
      drain();
      while (!sinks.isEmpty()) {
        await(selector, bound, end);
        drain();
      }
    }
  }

  private static void await(Selector selector, Duration bound, long end) throws IOException {
    if (bound.isZero()) {
      selector.select();
    } else {
      long left = (end - System.nanoTime() + 999_999) / 1_000_000;
      if (left <= 0) {
        throw new SocketTimeoutException("timed out after " + bound + " reading output");
      }
      selector.select(left);
    }
    selector.selectedKeys().clear();
    Connection.requireNoInterrupt("reading output");
  }

  /** What is there now; connections that have ended are forgotten. */
  private void drain() throws IOException {
    for (Connection connection : sinks.keySet().toArray(new Connection[0])) {
      OutputStream sink = sinks.get(connection);
      while (sink != null && connection.hasInput()) {
        ByteBuffer piece = connection.takeInput();
        if (!piece.hasRemaining()) {
          sinks.remove(connection);
          break;
        }
        sink.write(piece.array(), 0, piece.remaining());
      }
    }
  }
}
