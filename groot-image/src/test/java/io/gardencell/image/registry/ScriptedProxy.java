package io.gardencell.image.registry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP proxy on loopback that leads to one registry, whatever host it is asked for, and keeps
 * the heads of the requests it got. Tunnels are refused without the right password, if it has one.
 */
final class ScriptedProxy extends LoopbackServer {

  private final int target;
  private final String authorization;
  final List<String> heads = new CopyOnWriteArrayList<>();

  /**
   * A proxy.
   *
   * @param target {@code host:port} on loopback
   * @param authorization what it wants to see; empty for nothing
   */
  ScriptedProxy(String target, String authorization) {
    super(plain());
    this.target = Integer.parseInt(target.substring(target.indexOf(':') + 1));
    this.authorization = authorization;
    begin();
  }

  @Override
  void serve(Socket client) {
    try (client;
        Socket registry = new Socket(InetAddress.getLoopbackAddress(), target)) {
      String head = head(client.getInputStream());
      heads.add(head);
      if (!authorization.isEmpty()
          && !head.contains("Proxy-Authorization: " + authorization + "\r\n")) {
        send(
            client.getOutputStream(),
            "HTTP/1.1 407 X\r\nProxy-Authenticate: Basic realm=\"p\"\r\n"
                + "Content-Length: 0\r\nConnection: close\r\n\r\n");
        return;
      }
      if (head.startsWith("CONNECT ")) {
        send(client.getOutputStream(), "HTTP/1.1 200 OK\r\n\r\n");
      } else {
        send(registry.getOutputStream(), head);
      }
      beside(() -> copy(client, registry));
      registry.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException gone) {
      // The client went away.
    }
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException gone) {
      // Either side ended.
    }
  }

  private static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    String text = "";
    while (!text.endsWith("\r\n\r\n")) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("no head");
      }
      head.write(b);
      text = head.toString(StandardCharsets.ISO_8859_1);
    }
    return text;
  }
}
