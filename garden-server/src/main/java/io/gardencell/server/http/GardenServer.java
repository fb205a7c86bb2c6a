package io.gardencell.server.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
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
  private static final Duration WATCH = Duration.ofSeconds(60);
  private static final int BACKLOG = 4096;

  private final ServerSettings settings;
  private final Router router;
  private final ControlConnections controls;
  private final EventLoopGroup loops;
  private final ThreadPoolExecutor workers;
  private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
  private final Set<Channel> channels = ConcurrentHashMap.newKeySet();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final Object idle = new Object();
  private volatile boolean stopping;
  private boolean serving;
  private @Nullable Channel listener;

  /** Makes a server that does not listen yet; {@code controls} are those its routes open. */
  public GardenServer(ServerSettings settings, Router router, ControlConnections controls) {
    this.settings = settings;
    this.router = router;
    this.controls = controls;
    int threads = Math.max(2, Math.min(4, Runtime.getRuntime().availableProcessors()));
    loops =
        new MultiThreadIoEventLoopGroup(
            threads, new DefaultThreadFactory("http"), NioIoHandler.newFactory());
    workers =
        new ThreadPoolExecutor(
            settings.workers(),
            settings.workers(),
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(settings.waitingCalls()),
            new DefaultThreadFactory("garden"));
    workers.allowCoreThreadTimeOut(true);
  }

  /** The pool for calls that can block. */
  public ExecutorService workers() {
    return workers;
  }

  /** Binds the address; clients can connect and wait from now on. */
  public synchronized void bind() throws IOException {
    Path socket =
        settings.address() instanceof UnixDomainSocketAddress unix ? unix.getPath() : null;
    if (socket != null) {
      removeSocket(socket);
    }
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(socketType(socket != null))
            .option(ChannelOption.AUTO_READ, false)
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(1 << 17, 1 << 18))
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept(channel);
                  }
                });
    bootstrap.option(ChannelOption.SO_BACKLOG, BACKLOG);
    if (socket == null) {
      bootstrap.option(ChannelOption.SO_REUSEADDR, true);
      bootstrap.childOption(ChannelOption.TCP_NODELAY, true);
    }
    var bound = bootstrap.bind(settings.address()).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      closePools();
      throw new IOException("cannot listen on " + settings.address(), bound.cause());
    }
    listener = bound.channel();
    if (socket != null
        && Files.getFileAttributeView(socket, PosixFileAttributeView.class) != null) {
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rwxrwxrwx"));
    }
  }

  private static Class<? extends ServerChannel> socketType(boolean unix) {
    return unix ? NioServerDomainSocketChannel.class : NioServerSocketChannel.class;
  }

  private static void removeSocket(Path socket) throws IOException {
    if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    boolean other =
        Files.isDirectory(socket, LinkOption.NOFOLLOW_LINKS)
            || Files.isRegularFile(socket, LinkOption.NOFOLLOW_LINKS)
            || Files.isSymbolicLink(socket);
    if (other) {
      throw new IOException(
          "error deleting existing socket: " + socket + " is not a socket, not removed");
    }
    Files.delete(socket);
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
    if (listener == null) {
      throw new IllegalStateException("server is not bound");
    }
    serving = true;
    listener.config().setAutoRead(true);
    listener.read();
  }

  /** The TCP port that was bound. */
  public synchronized int port() {
    if (listener != null && listener.localAddress() instanceof InetSocketAddress address) {
      return address.getPort();
    }
    throw new IllegalStateException("server is not bound to a TCP port");
  }

  /** How many connections are open, of whatever kind. */
  public int openConnections() {
    return channels.size();
  }

  /**
   * Detaches from processes, closes the listener and idle connections, waits a bounded time for
   * requests in flight, and cuts the rest.
   *
   * @throws IllegalStateException {@code server is not running}
   */
  public void stop() {
    Channel bound;
    synchronized (this) {
      bound = listener;
      if (!serving || bound == null) {
        throw new IllegalStateException("server is not running");
      }
      serving = false;
    }
    long end = System.nanoTime() + settings.stop().toNanos();
    stopping = true;
    controls.detachAll();
    bound.close().awaitUninterruptibly();
    if (settings.address() instanceof UnixDomainSocketAddress unix) {
      unlink(unix.getPath());
    }
    connections.forEach(HttpConnection::stopping);
    awaitIdle(end);
    awaitDrained(end);
    channels.forEach(Channel::close);
    closePools();
  }

  private static void unlink(Path socket) {
    try {
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      log.atWarn().addKeyValue("socket", socket).setCause(e).log("socket not removed");
    }
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

  /** Output sockets get what their queues hold, within the same bound and at most two seconds. */
  private void awaitDrained(long end) {
    long bound = Math.min(end, System.nanoTime() + TimeUnit.SECONDS.toNanos(2));
    for (Channel channel : channels) {
      long left = bound - System.nanoTime();
      if (left <= 0 || !channel.closeFuture().awaitUninterruptibly(left, TimeUnit.NANOSECONDS)) {
        return;
      }
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

  private void closePools() {
    workers.shutdownNow();
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }

  Router router() {
    return router;
  }

  ServerSettings settings() {
    return settings;
  }

  boolean isStopping() {
    return stopping;
  }

  /** How often a connection looks at its deadline at least. */
  Duration watchInterval() {
    Duration shortest = WATCH;
    for (Duration bound : new Duration[] {settings.readHeader(), settings.idle()}) {
      if (!bound.isZero() && bound.compareTo(shortest) < 0) {
        shortest = bound;
      }
    }
    return shortest;
  }

  void opened(HttpConnection connection) {
    connections.add(connection);
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
