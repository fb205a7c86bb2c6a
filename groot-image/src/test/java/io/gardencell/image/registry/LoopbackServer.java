package io.gardencell.image.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server on a free port of loopback, with a thread for each connection. */
abstract class LoopbackServer implements AutoCloseable {

  private final ServerSocket server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** It takes connections from {@link #begin} on. */
  LoopbackServer(ServerSocket server) {
    this.server = server;
  }

  static ServerSocket plain() {
    try {
      return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public final String host() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  final void begin() {
    threads.execute(this::accept);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        threads.execute(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  /** Serves a connection to its end, on a thread of its own. */
  abstract void serve(Socket client);

  final void beside(Runnable task) {
    threads.execute(task);
  }

  @Override
  public final void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.shutdownNow();
  }
}
