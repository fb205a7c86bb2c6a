package io.gardencell.server.route;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A socket with just enough HTTP to see every byte of an answer. */
public final class RawClient implements AutoCloseable {

  private final Socket socket;
  private final InputStream in;

  RawClient(int port) throws IOException {
    socket = SocketChannel.open(new InetSocketAddress("127.0.0.1", port)).socket();
    socket.setSoTimeout(20_000);
    in = socket.getInputStream();
  }

  /** An answer as it came. */
  public record Reply(String head, String body) {
    public int status() {
      return Integer.parseInt(head.substring(9, 12));
    }

    /** Head and body without the line that tells the time. */
    public String undated() {
      return head.replaceFirst("Date: [A-Z][a-z]{2}, [^\r]+ GMT\r\n", "") + body;
    }

    public String header(String name) {
      for (String line : head.split("\r\n")) {
        if (line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":")) {
          return line.substring(name.length() + 1).trim();
        }
      }
      return "";
    }
  }

  public RawClient send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.UTF_8));
  }

  public RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** Sends until the other side takes no more for a while; how many bytes went. */
  public long sendUntilItBlocks(byte[] bytes) throws IOException {
    long taken = 0;
    try (Selector selector = Selector.open()) {
      SocketChannel channel = channel();
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_WRITE);
      ByteBuffer rest = ByteBuffer.wrap(bytes);
      while (rest.hasRemaining() && selector.select(700) > 0) {
        selector.selectedKeys().clear();
        taken += channel.write(rest);
      }
    }
    channel().configureBlocking(true);
    return taken;
  }

  public RawClient closeOutput() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /** Closes so that the other side gets a reset. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  private SocketChannel channel() {
    return socket.getChannel();
  }

  public Reply call(String method, String path, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String length = bytes.length == 0 ? "" : "Content-Length: " + bytes.length + "\r\n";
    send(method + " " + path + " HTTP/1.1\r\nHost: api\r\n" + length + "\r\n" + body);
    return reply();
  }

  public Reply get(String path) throws IOException {
    return call("GET", path, "");
  }

  public String head() throws IOException {
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      int b = in.read();
      if (b < 0) {
        return head.toString();
      }
      head.append((char) b);
    }
    return head.toString();
  }

  public Reply reply() throws IOException {
    String head = head();
    Reply bare = new Reply(head, "");
    if (head.startsWith("HTTP/1.1 100") || bare.header("Content-Length").isEmpty()) {
      return bare.header("Transfer-Encoding").isEmpty() ? bare : new Reply(head, chunks());
    }
    int length = Integer.parseInt(bare.header("Content-Length"));
    return new Reply(head, new String(in.readNBytes(length), StandardCharsets.UTF_8));
  }

  private String chunks() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (true) {
      String size = line().trim();
      if (size.isEmpty()) {
        throw new IOException("connection ended without the last chunk");
      }
      byte[] chunk = in.readNBytes(Integer.parseInt(size, 16));
      all.writeBytes(chunk);
      line();
      if (chunk.length == 0) {
        return all.toString(StandardCharsets.UTF_8);
      }
    }
  }

  /** A line without its end; empty at the end of the stream. */
  public String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  public byte[] read(int count) throws IOException {
    return in.readNBytes(count);
  }

  /** Everything until the server closes. */
  public byte[] rest() throws IOException {
    return in.readAllBytes();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
