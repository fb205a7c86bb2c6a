package io.gardencell.client;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A socket, TCP or unix, whose every wait has a bound of its own; {@link Duration#ZERO} is none.
 *
 * <p>One thread may read while another writes; {@link #close} from any thread ends both, and so
 * does an interrupt. A selector is opened only when there is something to wait for.
 */
final class Connection implements Closeable {

  private static final int BUFFER = 32 << 10;

  private final SocketChannel channel;
  private final ByteBuffer input = ByteBuffer.allocate(BUFFER).limit(0);
  private @Nullable Selector readable;
  private @Nullable Selector writable;
  private volatile @Nullable Selector shared;

  private Connection(SocketChannel channel) {
    this.channel = channel;
  }

  /** Connects within the bound. */
  static Connection open(SocketAddress address, Duration bound) throws IOException {
    SocketAddress resolved = resolved(address);
    SocketChannel channel =
        resolved instanceof UnixDomainSocketAddress
            ? SocketChannel.open(StandardProtocolFamily.UNIX)
            : SocketChannel.open();
    Connection connection = new Connection(channel);
    boolean open = false;
    try {
      channel.configureBlocking(false);
      if (resolved instanceof InetSocketAddress) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      }
      connection.connect(resolved, bound);
      open = true;
      return connection;
    } finally {
      if (!open) {
        connection.close();
      }
    }
  }

  private static SocketAddress resolved(SocketAddress address) throws UnknownHostException {
    if (address instanceof InetSocketAddress unknown && unknown.isUnresolved()) {
      InetSocketAddress found = new InetSocketAddress(unknown.getHostString(), unknown.getPort());
      if (found.isUnresolved()) {
        throw new UnknownHostException(unknown.getHostString());
      }
      return found;
    }
    return address;
  }

  private void connect(SocketAddress address, Duration bound) throws IOException {
    try {
      if (channel.connect(address)) {
        return;
      }
      long end = System.nanoTime() + bound.toNanos();
      try (Selector connectable = Selector.open()) {
        channel.register(connectable, SelectionKey.OP_CONNECT);
        while (!channel.finishConnect()) {
          select(connectable, bound, end, "connecting to " + address);
        }
      }
    } catch (ConnectException e) {
      ConnectException named = new ConnectException(address + ": " + e.getMessage());
      named.initCause(e);
      throw named;
    }
  }

  /** Whether a read would not wait: bytes are there, or the end is. */
  boolean hasInput() throws IOException {
    return input.hasRemaining() || fill() != 0;
  }

  /** Some bytes, or -1 at the end of the stream. */
  int read(byte[] into, int from, int count, Duration bound) throws IOException {
    if (count == 0) {
      return 0;
    }
    if (!awaitInput(bound)) {
      return -1;
    }
    int taken = Math.min(count, input.remaining());
    input.get(into, from, taken);
    return taken;
  }

  /** The next byte, or -1 at the end of the stream. */
  int read(Duration bound) throws IOException {
    return awaitInput(bound) ? input.get() & 0xff : -1;
  }

  /** All bytes that are there now; waits for the first, and is empty at the end of the stream. */
  ByteBuffer readPiece(Duration bound) throws IOException {
    return awaitInput(bound) ? takeInput() : ByteBuffer.allocate(0);
  }

  /** Bytes that were read already. */
  ByteBuffer takeInput() {
    byte[] bytes = new byte[input.remaining()];
    input.get(bytes);
    return ByteBuffer.wrap(bytes);
  }

  private boolean awaitInput(Duration bound) throws IOException {
    if (input.hasRemaining()) {
      return true;
    }
    long end = System.nanoTime() + bound.toNanos();
    int count = fill();
    while (count == 0) {
      select(selector(SelectionKey.OP_READ), bound, end, "waiting for the server");
      count = fill();
    }
    return count > 0;
  }

  private int fill() throws IOException {
    input.clear();
    try {
      int count = channel.read(input);
      input.flip();
      return count;
    } catch (IOException e) {
      input.limit(0);
      throw e;
    }
  }

  /** Writes all bytes; the bound is for each time the other side does not take any. */
  void write(ByteBuffer bytes, Duration bound) throws IOException {
    while (bytes.hasRemaining()) {
      if (channel.write(bytes) == 0) {
        long end = System.nanoTime() + bound.toNanos();
        select(selector(SelectionKey.OP_WRITE), bound, end, "sending to the server");
      }
    }
  }

  private synchronized Selector selector(int operation) throws IOException {
    Selector known = operation == SelectionKey.OP_READ ? readable : writable;
    if (known != null) {
      return known;
    }
    Selector fresh = Selector.open();
    boolean registered = false;
    try {
      channel.register(fresh, operation);
      registered = true;
    } finally {
      if (!registered) {
        fresh.close();
      }
    }
    if (operation == SelectionKey.OP_READ) {
      readable = fresh;
    } else {
      writable = fresh;
    }
    return fresh;
  }

  private void select(Selector selector, Duration bound, long end, String doing)
      throws IOException {
    try {
      if (bound.isZero()) {
        selector.select();
      } else {
        long left = Math.addExact(end - System.nanoTime(), 999_999) / 1_000_000;
        if (left <= 0) {
          throw new SocketTimeoutException("timed out after " + bound + " " + doing);
        }
        selector.select(left);
      }
      selector.selectedKeys().clear();
      requireNoInterrupt(doing);
    } catch (ClosedSelectorException e) {
      AsynchronousCloseException closed = new AsynchronousCloseException();
      closed.initCause(e);
      throw closed;
    }
  }

  /** A selector returns at once for a thread that is interrupted, and would for ever. */
  static void requireNoInterrupt(String doing) throws InterruptedIOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted " + doing);
    }
  }

  /** For waiting on several connections at a time. */
  void registerForReading(Selector selector) throws IOException {
    channel.register(selector, SelectionKey.OP_READ);
    shared = selector;
  }

  @Override
  public synchronized void close() throws IOException {
    // The channel first, so that whoever the selectors wake finds it closed.
    channel.close();
    if (readable != null) {
      readable.close();
    }
    if (writable != null) {
      writable.close();
    }
    Selector waitedOn = shared;
    if (waitedOn != null) {
      waitedOn.wakeup();
    }
  }
}
