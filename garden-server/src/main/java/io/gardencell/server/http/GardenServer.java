package io.gardencell.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server: {@link #bind} first, so that clients queue while the backend starts, then {@link
 * #serve}; {@link #stop} in the end, bounded in time. Any thread.
 */
public final class GardenServer {

  private static final Logger log = LoggerFactory.getLogger(GardenServer.class);

  private final ServerSettings settings;
  private final Router router;
  private final HijackedConnections hijacked;
  private final RequestObserver observer;
  private final EventLoopGroup loops;
  private final Lanes lanes;
  private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
  private final Set<Channel> channels = ConcurrentHashMap.newKeySet();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final Object idle = new Object();
  private volatile boolean stopping;
  private boolean serving;
  private @Nullable Listener listener;

  /** Makes a server that does not listen yet; {@code hijacked} are those its routes open. */
  public GardenServer(
      ServerSettings settings,
      Router router,
      HijackedConnections hijacked,
      RequestObserver observer) {
    this.settings = settings;
    this.router = router;
    this.hijacked = hijacked;
    this.observer = observer;
    loops =
        new MultiThreadIoEventLoopGroup(
            eventLoops(Runtime.getRuntime().availableProcessors()),
            new DefaultThreadFactory("http"),
            NioIoHandler.newFactory());
    lanes = new Lanes(settings);
  }

  /**
   * More loops than processors: a loop with few busy connections is woken on the processor of the
   * client that it answers, and a request costs no switch between processors (docs/threading.md).
   */
  private static int eventLoops(int processors) {
    return Math.max(4, Math.min(16, 4 * processors));
  }

  /** The threads for calls that can block. */
  public Lanes lanes() {
    return lanes;
  }

  /** Binds the address; clients can connect and wait from now on. */
  public synchronized void bind() throws IOException {
    ChannelInitializer<Channel> accepted =
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            accept(channel);
          }
        };
    boolean bound = false;
    try {
      listener = Listener.bind(settings.address(), loops, accepted);
      bound = true;
    } finally {
      if (!bound) {
        closePools();
      }
    }
  }

  private void accept(Channel channel) {
    if (stopping) {
      channel.close();
      return;
    }
    channels.add(channel);
    channel.closeFuture().addListener(done -> channels.remove(channel));
    channel.pipeline().addLast("http", new HttpConnection(this));
  }

  /** Begins to serve those who connected and will connect. */
  public synchronized void serve() {
    bound().accept();
    serving = true;
  }

  /** The TCP port that was bound. */
  public synchronized int port() {
    return bound().port();
  }

  private Listener bound() {
    if (listener == null) {
      throw new IllegalStateException("server is not bound");
    }
    return listener;
  }

  /** How many connections are open, of whatever kind. */
  public int openConnections() {
    return channels.size();
  }

  /** How many requests wait for their answer. */
  public int requestsInFlight() {
    return inFlight.get();
  }

  /**
   * Detaches from processes, closes the listener and idle connections, waits a bounded time for
   * requests in flight and for output to be taken, and cuts the rest.
   *
   * @throws IllegalStateException {@code server is not running}
   */
  public void stop() {
    Listener bound;
    synchronized (this) {
      if (!serving) {
        throw new IllegalStateException("server is not running");
      }
      bound = bound();
      serving = false;
    }
    long end = System.nanoTime() + settings.stop().toNanos();
    stopping = true;
    hijacked.detachAll();
    bound.close();
    connections.forEach(HttpConnection::stopping);
    awaitIdle(end);
    hijacked.awaitDrained(end);
    channels.forEach(Channel::close);
    closePools();
  }

  private void awaitIdle(long end) {
    synchronized (idle) {
      while (inFlight.get() > 0 && waitUntil(end)) {
        log.atDebug().addKeyValue("requests", inFlight.get()).log("waiting for requests");
      }
    }
    if (inFlight.get() > 0) {
      log.atWarn().addKeyValue("requests", inFlight.get()).log("requests cut at stop");
    }
  }

  private boolean waitUntil(long end) {
    long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    if (left <= 0) {
      return false;
    }
    try {
      idle.wait(left);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** {@link #stop} if it runs; else gives back what it took, bound or not. */
  public void close() {
    Listener bound;
    synchronized (this) {
      bound = serving ? null : listener;
    }
    if (bound != null) {
      bound.close();
      stopping = true;
      channels.forEach(Channel::close);
      closePools();
    } else if (isServing()) {
      stop();
    } else {
      closePools();
    }
  }

  private synchronized boolean isServing() {
    return serving;
  }

  private void closePools() {
    lanes.close();
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }

  Router router() {
    return router;
  }

  ServerSettings settings() {
    return settings;
  }

  RequestObserver observer() {
    return observer;
  }

  boolean isStopping() {
    return stopping;
  }

  void opened(HttpConnection connection) {
    connections.add(connection);
    if (stopping) {
      connection.stopping();
    }
  }

  void closed(HttpConnection connection) {
    connections.remove(connection);
  }

  void began() {
    inFlight.incrementAndGet();
  }

  void ended() {
    if (inFlight.decrementAndGet() == 0) {
      synchronized (idle) {
        idle.notifyAll();
      }
    }
  }
}
