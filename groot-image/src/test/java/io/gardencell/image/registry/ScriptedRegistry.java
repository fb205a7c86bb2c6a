package io.gardencell.image.registry;

import io.gardencell.image.source.Digest;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A registry on loopback that keeps a log of what it was asked. It serves the content it was given
 * and can be told to answer one path in any other way. Written on sockets, since it must be able to
 * break off where a proper server would not.
 */
public final class ScriptedRegistry extends LoopbackServer {

  static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  /** One request as it arrived. */
  record Asked(String path, String query, Map<String, List<String>> headers) {
    String header(String name) {
      return all(name).isEmpty() ? "" : all(name).get(0);
    }

    List<String> all(String name) {
      return headers.getOrDefault(name, List.of());
    }
  }

  /** Answers in an own way, or not at all. */
  interface Script {
    /**
     * True if it answered.
     *
     * @param time how often the path was asked for, from 1 on
     */
    boolean answer(Exchange exchange, int time) throws IOException;
  }

  private record Content(byte[] bytes, String type) {}

  private final Map<String, Content> contents = new ConcurrentHashMap<>();
  private final Map<String, Script> scripts = new ConcurrentHashMap<>();
  private final Map<String, Integer> times = new HashMap<>();
  final List<Asked> log = new CopyOnWriteArrayList<>();
  private volatile @Nullable Script everywhere;

  public ScriptedRegistry() {
    this(plain());
  }

  ScriptedRegistry(ServerSocket server) {
    super(server);
    content("/v2/", new byte[0], "application/json");
    begin();
  }

  public ScriptedRegistry content(String path, byte[] bytes, String type) {
    contents.put(path, new Content(bytes, type));
    return this;
  }

  ScriptedRegistry manifest(String reference, byte[] bytes, String type) {
    return content("/v2/a/b/manifests/" + reference, bytes, type);
  }

  ScriptedRegistry blob(byte[] bytes) {
    return content("/v2/a/b/blobs/" + Digest.sha256(bytes), bytes, "application/octet-stream");
  }

  ScriptedRegistry script(String path, Script script) {
    scripts.put(path, script);
    synchronized (times) {
      times.remove(path);
    }
    return this;
  }

  /** Asked before everything else, the ping too. */
  ScriptedRegistry everywhere(Script script) {
    everywhere = script;
    return this;
  }

  static Script status(int status, int howOften) {
    return status(status, howOften, "", e -> {});
  }

  static Script status(int status, int howOften, String body, Consumer<Exchange> more) {
    return (exchange, time) -> {
      if (time > howOften) {
        return false;
      }
      more.accept(exchange);
      exchange.send(status, body);
      return true;
    };
  }

  /** Announces all bytes, sends some, and breaks the connection. */
  static Script cutAfter(byte[] bytes, int count, int howOften) {
    return (exchange, time) -> {
      if (time > howOften) {
        return false;
      }
      exchange.sendContent(bytes, count);
      return true;
    };
  }

  List<String> paths() {
    return log.stream().map(Asked::path).toList();
  }

  List<Asked> asked(String part) {
    return log.stream().filter(a -> a.path().contains(part)).toList();
  }

  @Override
  void serve(Socket socket) {
    try (socket) {
      BufferedInputStream in = new BufferedInputStream(socket.getInputStream());
      in.mark(1);
      int first = in.read();
      in.reset();
      if (first == 0x16) { // TLS where none is spoken: answered as servers do
        socket
            .getOutputStream()
            .write("HTTP/1.0 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return;
      }
      String request = line(in);
      if (request.isEmpty()) {
        return;
      }
      URI uri = URI.create(request.split(" ")[1]);
      Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        String[] parts = line.split(": *", 2);
        headers.computeIfAbsent(parts[0], k -> new CopyOnWriteArrayList<>()).add(parts[1]);
      }
      answer(new Asked(uri.getPath(), String.valueOf(uri.getQuery()), headers), socket);
    } catch (IOException gone) {
      // The client went away, which some tests want.
    }
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  private void answer(Asked asked, Socket socket) throws IOException {
    int time;
    synchronized (times) {
      time = times.merge(asked.path(), 1, Integer::sum);
    }
    log.add(asked);
    Exchange exchange = new Exchange(asked, socket.getOutputStream());
    Script first = everywhere;
    if (first != null && first.answer(exchange, time)) {
      return;
    }
    Script script = scripts.get(asked.path());
    if (script != null && script.answer(exchange, time)) {
      return;
    }
    Content content = contents.get(asked.path());
    if (content == null) {
      String code = asked.path().contains("/manifests/") ? "MANIFEST_UNKNOWN" : "BLOB_UNKNOWN";
      exchange.send(404, "{\"errors\":[{\"code\":\"" + code + "\"}]}");
    } else {
      exchange.add("Content-Type", content.type());
      exchange.sendContent(content.bytes(), content.bytes().length);
    }
  }
}
