package io.gardencell.server.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bound TCP or unix socket. Clients can connect from the beginning and wait until {@link
 * #accept}. Any thread.
 */
final class Listener implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Listener.class);
  private static final int BACKLOG = 4096;

  /** Of the mode's bits, those that say what kind of file it is, and a socket's (stat.h). */
  private static final int FILE_KIND = 0170000;

  private static final int SOCKET = 0140000;

  private final SocketAddress address;
  private final Channel channel;

  private Listener(SocketAddress address, Channel channel) {
    this.address = address;
    this.channel = channel;
  }

  static Listener bind(SocketAddress address, EventLoopGroup loops, ChannelHandler accepted)
      throws IOException {
    boolean unix = address instanceof UnixDomainSocketAddress;
    if (address instanceof UnixDomainSocketAddress path) {
      removeSocket(path.getPath());
    }
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(unix ? NioServerDomainSocketChannel.class : NioServerSocketChannel.class)
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(1 << 18, 1 << 19))
            // Large reads for uploads; small for those who send little.
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(1 << 10, 1 << 12, 1 << 18))
            .childHandler(accepted);
    if (!unix) {
      bootstrap.option(ChannelOption.SO_REUSEADDR, true);
      bootstrap.childOption(ChannelOption.TCP_NODELAY, true);
    }
    var bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "cannot listen on %s: %s"
              .formatted(
                  address.toString().replaceFirst("^/", unix ? "/" : ""),
                  bound.cause().getMessage()),
          bound.cause());
    }
    Listener listener = new Listener(address, bound.channel());
    if (address instanceof UnixDomainSocketAddress path) {
      listener.openToAll(path.getPath());
    }
    return listener;
  }

  private static void removeSocket(Path socket) throws IOException {
    if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    String problem = "error deleting existing socket: " + socket;
    if (!isSocket(socket)) {
      throw new IOException(problem + " is not a socket, not removed");
    }
    try {
      Files.delete(socket);
    } catch (IOException e) {
      throw new IOException(problem + ": " + e, e);
    }
  }

  /** Where files have Unix's modes these tell; elsewhere a socket is what is nothing else. */
  private static boolean isSocket(Path file) throws IOException {
    if (file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      Object mode = Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      return mode instanceof Integer bits && (bits & FILE_KIND) == SOCKET;
    }
    return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther();
  }

  private void openToAll(Path socket) throws IOException {
    if (Files.getFileAttributeView(socket, PosixFileAttributeView.class) != null) {
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rwxrwxrwx"));
    }
  }

  /** Takes those who connected and will connect. */
  void accept() {
    channel.config().setAutoRead(true);
    channel.read();
  }

  /** The TCP port that was bound. */
  int port() {
    if (channel.localAddress() instanceof InetSocketAddress bound) {
      return bound.getPort();
    }
    throw new IllegalStateException("server is not bound to a TCP port");
  }

  /** Takes nobody any more, and removes the socket file. */
  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
    if (address instanceof UnixDomainSocketAddress path) {
      try {
        Files.deleteIfExists(path.getPath());
      } catch (IOException e) {
        log.atWarn().addKeyValue("socket", path).setCause(e).log("socket not removed");
      }
    }
  }
}
