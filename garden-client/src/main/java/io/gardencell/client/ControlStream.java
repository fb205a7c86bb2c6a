package io.gardencell.client;

import io.gardencell.api.GardenException;
import io.gardencell.api.PayloadDecoder;
import io.gardencell.api.ProcessPayload;
import io.gardencell.api.WireJson;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The messages of a process's control connection. One thread may receive while others send; each
 * message is sent whole.
 */
final class ControlStream implements Closeable {

  private final Connection connection;
  private final PayloadDecoder decoder = new PayloadDecoder();
  private final Queue<ProcessPayload> received = new ArrayDeque<>();
  private final Object sending = new Object();

  ControlStream(Connection connection) {
    this.connection = connection;
  }

  /**
   * The next message.
   *
   * @throws EOFException if the server let go of the process
   */
  ProcessPayload receive(Duration bound) throws IOException {
    long end = System.nanoTime() + bound.toNanos();
    while (received.isEmpty()) {
      Duration left = bound;
      if (!bound.isZero()) {
        // One nanosecond is over at once; zero would be for ever.
        left = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
      }
      ByteBuffer piece = connection.readPiece(left);
      if (!piece.hasRemaining()) {
        throw new EOFException("the server let go of the process before it ended");
      }
      try {
        received.addAll(decoder.feed(piece));
      } catch (GardenException e) {
        ProtocolException malformed = new ProtocolException("control stream: " + e.getMessage());
        malformed.initCause(e);
        throw malformed;
      }
    }
    return received.remove();
  }

  void send(ProcessPayload payload) throws IOException {
    synchronized (sending) {
      connection.write(ByteBuffer.wrap(WireJson.encode(payload)), Duration.ZERO);
    }
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
