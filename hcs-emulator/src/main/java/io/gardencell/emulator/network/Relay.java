package io.gardencell.emulator.network;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection, carried both ways. A side that takes no bytes stops the reading of the other; the
 * end of one direction is passed on while the other goes on; a reset is passed on as a reset. On
 * the selector's thread.
 */
final class Relay implements PortForwarder.Ready {

  private static final int READS_PER_TURN = 16;

  private final Selector selector;
  private final SocketChannel client;
  private final Deque<InetSocketAddress> targets;
  private final Traffic traffic;
  private final ByteBuffer scratch;
  private final Consumer<Relay> onEnd;
  private @Nullable SocketChannel container;
  private @Nullable Direction in;
  private @Nullable Direction out;
  private boolean ended;

  /**
   * Takes over a connection of a client.
   *
   * @param targets addresses to try, in this order
   * @param scratch a buffer of the selector's thread, in nobody's use between turns
   */
  Relay(
      Selector selector,
      SocketChannel client,
      Collection<InetSocketAddress> targets,
      Traffic traffic,
      ByteBuffer scratch,
      Consumer<Relay> onEnd) {
    this.selector = selector;
    this.client = client;
    this.targets = new ArrayDeque<>(targets);
    this.traffic = traffic;
    this.scratch = scratch;
    this.onEnd = onEnd;
  }

  void begin() {
    try {
      prepare(client);
      client.register(selector, 0, this);
      connect();
    } catch (IOException e) {
      reset();
    }
  }

  private static void prepare(SocketChannel channel) throws IOException {
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
  }

  /** Tries the next address; without one there is nobody to talk to. */
  private void connect() {
    while (true) {
      InetSocketAddress target = targets.poll();
      if (target == null) {
        reset();
        return;
      }
      try {
        SocketChannel channel = SocketChannel.open();
        container = channel;
        prepare(channel);
        boolean done = channel.connect(target);
        channel.register(selector, done ? 0 : SelectionKey.OP_CONNECT, this);
        if (done) {
          connected(channel);
        }
        return;
      } catch (IOException refused) {
        closeContainer();
      }
    }
  }

  private void connected(SocketChannel channel) {
    in = new Direction(client, channel, traffic::received);
    out = new Direction(channel, client, traffic::sent);
    turn();
  }

  @Override
  public void ready(SelectionKey key) {
    SocketChannel channel = container;
    if (key.isConnectable() && channel != null) {
      try {
        channel.finishConnect();
      } catch (IOException refused) {
        closeContainer();
        connect();
        return;
      }
      connected(channel);
      return;
    }
    turn();
  }

  private void turn() {
    Direction toContainer = in;
    Direction toClient = out;
    SocketChannel channel = container;
    if (ended || toContainer == null || toClient == null || channel == null) {
      return;
    }
    try {
      toContainer.carry();
      toClient.carry();
      if (toContainer.done && toClient.done) {
        end();
        return;
      }
      interest(client, toContainer, toClient);
      interest(channel, toClient, toContainer);
    } catch (IOException broken) {
      reset();
    }
  }

  private void interest(SocketChannel channel, Direction from, Direction to) {
    int operations =
        (from.wantsBytes() ? SelectionKey.OP_READ : 0)
            | (to.pending != null ? SelectionKey.OP_WRITE : 0);
    SelectionKey key = channel.keyFor(selector);
    if (key != null && key.isValid() && key.interestOps() != operations) {
      key.interestOps(operations);
    }
  }

  /** Ends both sides at once, without the politeness of a last byte. */
  void reset() {
    for (SocketChannel channel : new @Nullable SocketChannel[] {client, container}) {
      if (channel != null && channel.isOpen()) {
        try {
          channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException | IllegalArgumentException gone) {
          continue;
        }
      }
    }
    end();
  }

  private void end() {
    if (!ended) {
      ended = true;
      close(client);
      closeContainer();
      onEnd.accept(this);
    }
  }

  private void closeContainer() {
    if (container != null) {
      close(container);
      container = null;
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException gone) {
      return;
    }
  }

  /** Bytes from one side to the other. */
  private final class Direction {

    private final SocketChannel from;
    private final SocketChannel to;
    private final LongConsumer counter;

    /** Bytes that were read and not yet taken; while there are some nothing is read. */
    private @Nullable ByteBuffer pending;

    private boolean done;

    Direction(SocketChannel from, SocketChannel to, LongConsumer counter) {
      this.from = from;
      this.to = to;
      this.counter = counter;
    }

    boolean wantsBytes() {
      return !done && pending == null;
    }

    void carry() throws IOException {
      ByteBuffer left = pending;
      if (left != null) {
        to.write(left);
        if (left.hasRemaining()) {
          return;
        }
        pending = null;
      }
      for (int i = 0; i < READS_PER_TURN && !done; i++) {
        int n = from.read(scratch.clear());
        if (n < 0) {
          done = true;
          to.shutdownOutput();
        }
        if (n <= 0) {
          return;
        }
        counter.accept(n);
        to.write(scratch.flip());
        if (scratch.hasRemaining()) {
          pending = ByteBuffer.allocate(scratch.remaining()).put(scratch).flip();
          return;
        }
      }
    }
  }
}
