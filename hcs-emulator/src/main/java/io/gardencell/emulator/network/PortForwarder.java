package io.gardencell.emulator.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on host ports and carries connections to containers: one selector and one thread for all
 * of them, started with the first port. Any thread may call.
 */
final class PortForwarder implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PortForwarder.class);
  private static final int BACKLOG = 128;
  private static final long PAUSE_MILLIS = 500;

  private final Map<Integer, Listener> listeners = new ConcurrentHashMap<>();
  private final Map<String, Traffic> traffic = new ConcurrentHashMap<>();
  private final Queue<Task> tasks = new ConcurrentLinkedQueue<>();
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(64 * 1024);
  private @Nullable Selector selector;
  private @Nullable Thread thread;
  private volatile boolean closed;

  private record Task(Runnable work, CompletableFuture<Void> done) {}

  /** What the selector wakes. */
  interface Ready {
    void ready(SelectionKey key) throws IOException;
  }

  /** Mappings whose ports are listened on. */
  List<PortMapping> mappings() {
    return listeners.values().stream().map(l -> l.mapping).toList();
  }

  Traffic traffic(String endpoint) {
    return traffic.computeIfAbsent(endpoint, k -> new Traffic());
  }

  /**
   * Listens on the host port of a mapping; one that is open stays so.
   *
   * @throws IOException if somebody else has the port
   */
  synchronized void open(PortMapping mapping) throws IOException {
    if (listeners.containsKey(mapping.externalPort())) {
      return;
    }
    Selector selecting = started();
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(mapping.listensOn(), BACKLOG);
      channel.configureBlocking(false);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    Listener listener = new Listener(mapping, channel);
    listeners.put(mapping.externalPort(), listener);
    run(
        () -> {
          try {
            channel.register(selecting, SelectionKey.OP_ACCEPT, listener);
          } catch (ClosedChannelException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Frees the port, and ends the connections that came through it. */
  synchronized void close(PortMapping mapping) {
    Listener listener = listeners.remove(mapping.externalPort());
    if (listener != null) {
      run(listener::close);
      if (listeners.values().stream()
          .noneMatch(l -> l.mapping.endpoint().equals(mapping.endpoint()))) {
        traffic.remove(mapping.endpoint());
      }
    }
  }

  private Selector started() throws IOException {
    if (closed) {
      throw new ClosedChannelException();
    }
    if (selector == null) {
      selector = Selector.open();
      thread = new Thread(this::loop, "emulator-nat");
      thread.setDaemon(true);
      thread.start();
    }
    return selector;
  }

  /** Runs a task on the selector's thread and waits until it has taken effect. */
  private void run(Runnable task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    tasks.add(new Task(task, done));
    if (selector != null) {
      selector.wakeup();
    }
    try {
      done.get(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("port forwarding does not answer", e);
    }
  }

  // The outermost frame of the thread: one failing connection must not end the others.
  @SuppressWarnings("checkstyle:IllegalCatch")
  private void loop() {
    Selector selecting = selector;
    while (!closed && selecting != null) {
      try {
        selecting.select(PAUSE_MILLIS);
        List<Task> done = new ArrayList<>();
        for (Task task = tasks.poll(); task != null; task = tasks.poll()) {
          task.work().run();
          done.add(task);
        }
        // Lets go of what was closed: a port is free only then.
        selecting.selectNow();
        done.forEach(task -> task.done().complete(null));
        List<SelectionKey> keys = new ArrayList<>(selecting.selectedKeys());
        selecting.selectedKeys().clear();
        keys.forEach(PortForwarder::wake);
        listeners.values().forEach(Listener::resume);
      } catch (IOException | RuntimeException e) {
        log.atError().setCause(e).log("port forwarding failed, goes on");
      }
    }
  }

  private static void wake(SelectionKey key) {
    try {
      if (key.isValid() && key.attachment() instanceof Ready ready) {
        ready.ready(key);
      }
    } catch (IOException | CancelledKeyException e) {
      log.atDebug().setCause(e).log("connection ended");
    }
  }

  @Override
  public void close() {
    Thread running;
    synchronized (this) {
      if (closed) {
        return;
      }
      listeners.values().stream().map(l -> l.mapping).toList().forEach(this::close);
      closed = true;
      running = thread;
      if (selector != null) {
        selector.wakeup();
      }
    }
    try {
      if (running != null) {
        running.join(5_000);
      }
      if (selector != null) {
        selector.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      log.atDebug().setCause(e).log("selector not closed");
    }
  }

  /** A host port and the connections through it. On the selector's thread but for its making. */
  private final class Listener implements Ready {

    private final PortMapping mapping;
    private final ServerSocketChannel channel;
    private final Map<Relay, Boolean> relays = new HashMap<>();
    private boolean paused;

    Listener(PortMapping mapping, ServerSocketChannel channel) {
      this.mapping = mapping;
      this.channel = channel;
    }

    @Override
    public void ready(SelectionKey key) {
      try {
        for (SocketChannel c = channel.accept(); c != null; c = channel.accept()) {
          Relay relay =
              new Relay(
                  key.selector(),
                  c,
                  mapping.targets(),
                  traffic(mapping.endpoint()),
                  scratch,
                  relays::remove);
          relays.put(relay, true);
          relay.begin();
        }
      } catch (IOException e) {
        // Out of descriptors, as a rule: those who wait are taken when there are some again.
        paused = true;
        key.interestOps(0);
        log.atWarn()
            .addKeyValue("port", mapping.externalPort())
            .setCause(e)
            .log("connection not taken, will retry");
      }
    }

    void resume() {
      if (paused && selector != null) {
        SelectionKey key = channel.keyFor(selector);
        if (key != null && key.isValid()) {
          paused = false;
          key.interestOps(SelectionKey.OP_ACCEPT);
        }
      }
    }

    void close() {
      try {
        channel.close();
      } catch (IOException e) {
        log.atDebug().setCause(e).log("port not closed");
      }
      List.copyOf(relays.keySet()).forEach(Relay::reset);
    }
  }
}
