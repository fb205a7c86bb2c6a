package io.gardencell.client;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A server that answers each request by what was scripted for it, byte for byte, and remembers the
 * requests. One thread for each connection; each connection carries one request.
 */
final class ScriptedServer implements Closeable {

  private final ServerSocketChannel listener;
  private final Map<String, Script> scripts = new ConcurrentHashMap<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<SocketChannel> open = new CopyOnWriteArrayList<>();

  private ScriptedServer(ServerSocketChannel listener) {
    this.listener = listener;
    daemon("accept", this::acceptAll);
  }

  /** A request as it came, its body decoded from chunks. */
  record Request(String line, String head, byte[] body) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /** What happens after the request; the connection is closed when it returns. */
  interface Script {
    void play(Conversation conversation) throws IOException;
  }

  static ScriptedServer tcp() throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
    return new ScriptedServer(listener);
  }

  static ScriptedServer unix(Path socket) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(socket));
    return new ScriptedServer(listener);
  }

  SocketAddress address() throws IOException {
    return listener.getLocalAddress();
  }

  GardenClient client() throws IOException {
    return new GardenClient(ClientSettings.of(address()));
  }

  /** Scripts the answer to a request line without its version. */
  ScriptedServer on(String methodAndPath, Script script) {
    scripts.put(methodAndPath, script);
    return this;
  }

  /** Answers with a status and a JSON body. */
  ScriptedServer answer(String methodAndPath, int status, String body) {
    return on(
        methodAndPath,
        conversation ->
            conversation.send(
                "HTTP/1.1 %d Some Reason\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                    .formatted(status, body.getBytes(StandardCharsets.UTF_8).length, body)));
  }

  List<Request> requests() {
    return requests;
  }

  private void acceptAll() throws IOException {
    while (true) {
      SocketChannel channel = listener.accept();
      open.add(channel);
      daemon("connection", () -> serve(channel));
    }
  }

  private void serve(SocketChannel channel) throws IOException {
    try (channel) {
      Conversation conversation = new Conversation(channel);
      String head = conversation.head();
      String line = head.substring(0, head.indexOf("\r\n"));
      String target = line.substring(0, line.lastIndexOf(' '));
      Script script = scripts.get(target);
      if (script == null) {
        requests.add(new Request(line, head, new byte[0]));
        conversation.send(
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 19\r\n\r\n"
                + "404 page not found\n");
        return;
      }
      boolean early = head.contains("X-Vcap-Request-Id: early");
      requests.add(new Request(line, head, early ? new byte[0] : conversation.body(head)));
      script.play(conversation);
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void daemon(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException closed) {
                // the client or the test has gone
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (SocketChannel channel : open) {
      channel.close();
    }
  }

  /** The server's end of a connection. */
  static final class Conversation {

    private final SocketChannel channel;

    Conversation(SocketChannel channel) {
      this.channel = channel;
    }

    void send(String text) throws IOException {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }

    int read() throws IOException {
      ByteBuffer one = ByteBuffer.allocate(1);
      return channel.read(one) < 0 ? -1 : one.get(0) & 0xff;
    }

    String line() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int b = read(); b >= 0 && b != '\n'; b = read()) {
        line.write(b);
      }
      return line.toString(StandardCharsets.UTF_8);
    }

    /** Waits until the client has hung up. */
    void awaitEnd() throws IOException {
      int b = read();
      while (b >= 0) {
        b = read();
      }
    }

    String head() throws IOException {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int b = read();
        if (b < 0) {
          throw new UncheckedIOException(new IOException("no request"));
        }
        head.append((char) b);
      }
      return head.toString();
    }

    byte[] body(String head) throws IOException {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      int length = head.indexOf("Content-Length: ");
      if (length >= 0) {
        read(body, Integer.parseInt(head.substring(length + 16, head.indexOf("\r\n", length))));
      }
      if (head.contains("Transfer-Encoding: chunked")) {
        int size = Integer.parseInt(line().trim(), 16);
        while (size > 0) {
          read(body, size);
          line();
          String next = line().trim();
          if (next.isEmpty()) {
            body.writeBytes("<broken off>".getBytes(StandardCharsets.US_ASCII));
            return body.toByteArray();
          }
          size = Integer.parseInt(next, 16);
        }
        line();
      }
      return body.toByteArray();
    }

    private void read(ByteArrayOutputStream body, int count) throws IOException {
      for (int i = 0; i < count; i++) {
        body.write(read());
      }
    }
  }
}
