package io.gardencell.acceptance.bench;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * The simplest way from a pipe to a socket, as a yardstick: one thread, one buffer, one client, no
 * bookkeeping. What this does not reach on a machine, nothing that copies reaches.
 */
public final class PipeRelay {

  private static final int BUFFER = 1 << 18;

  private PipeRelay() {}

  /** Prints the port, waits for a client and copies standard input to it. */
  public static void main(String[] arguments) throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (ServerSocketChannel server = ServerSocketChannel.open().bind(any)) {
      System.out.println(server.socket().getLocalPort());
      try (SocketChannel client = server.accept();
          FileInputStream pipe = new FileInputStream(FileDescriptor.in);
          FileChannel source = pipe.getChannel()) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        while (source.read(buffer) >= 0) {
          buffer.flip();
          while (buffer.hasRemaining()) {
            client.write(buffer);
          }
          buffer.clear();
        }
      }
    }
  }
}
