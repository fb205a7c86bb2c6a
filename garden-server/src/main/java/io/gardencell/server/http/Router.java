package io.gardencell.server.http;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of a still-escaped path: the first that fits, in the order of adding (garden:
 * routes/routes.go with rata's and pat's rules, but path segments are decoded by path rules).
 * Filled once, then read by any thread.
 */
public final class Router {

  private final List<Route> routes = new ArrayList<>();

  /** Adds a route whose body is read before the handler runs. */
  public Router add(String name, Lane lane, String method, String pattern, Handler handler) {
    return add(name, lane, method, pattern, Kind.WHOLE, handler);
  }

  /** Adds a route whose handler reads the body as it comes. */
  public Router addStreaming(
      String name, Lane lane, String method, String pattern, Handler handler) {
    return add(name, lane, method, pattern, Kind.STREAMING, handler);
  }

  /** Adds a route whose answer takes the connection over. */
  public Router addHijacking(
      String name, Lane lane, String method, String pattern, Handler handler) {
    return add(name, lane, method, pattern, Kind.HIJACKING, handler);
  }

  private Router add(
      String name, Lane lane, String method, String pattern, Kind kind, Handler handler) {
    routes.add(new Route(name, lane, method, pattern, segments(pattern), kind, handler));
    return this;
  }

  /** Every route in the order of trying. */
  public List<Route> routes() {
    return Collections.unmodifiableList(routes);
  }

  /** What a path without a route of that method is told, in plain text. */
  Answer unrouted(String path) {
    TreeSet<String> methods = methods(path);
    Map<String, String> more = new LinkedHashMap<>();
    if (!methods.isEmpty()) {
      more.put("Allow", String.join(", ", methods));
    }
    more.put("X-Content-Type-Options", "nosniff");
    String text = methods.isEmpty() ? "404 page not found\n" : "Method Not Allowed\n";
    return new Answer.Whole(
        methods.isEmpty() ? 404 : 405,
        "text/plain; charset=utf-8",
        text.getBytes(StandardCharsets.US_ASCII),
        more);
  }

  Optional<Match> find(String method, String path) {
    List<String> segments = segments(path);
    for (Route route : routes) {
      if (route.method().equals(method)) {
        Map<String, String> parameters = route.match(segments);
        if (parameters != null) {
          return Optional.of(new Match(route, parameters));
        }
      }
    }
    return Optional.empty();
  }

  private TreeSet<String> methods(String path) {
    List<String> segments = segments(path);
    TreeSet<String> methods = new TreeSet<>();
    for (Route route : routes) {
      if (route.match(segments) != null) {
        methods.add(route.method());
      }
    }
    return methods;
  }

  private static List<String> segments(String path) {
    return List.of(path.split("/", -1));
  }

  /** Form rules for the query: first value of a key; pairs that cannot be decoded are left out. */
  static Map<String, String> query(String text) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String pair : text.split("&", -1)) {
      if (!pair.isEmpty() && pair.indexOf(';') < 0) {
        int equals = pair.indexOf('=');
        String key = decode(equals < 0 ? pair : pair.substring(0, equals), true);
        String value = decode(equals < 0 ? "" : pair.substring(equals + 1), true);
        if (key != null && value != null) {
          values.putIfAbsent(key, value);
        }
      }
    }
    return Collections.unmodifiableMap(values);
  }

  /** The text without its percent-escapes; null if one is malformed. */
  static @Nullable String decode(String text, boolean plusIsSpace) {
    if (text.indexOf('%') < 0 && (!plusIsSpace || text.indexOf('+') < 0)) {
      return text;
    }
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(CharBuffer.wrap(text));
    ByteBuffer decoded = ByteBuffer.allocate(bytes.remaining());
    while (bytes.hasRemaining()) {
      byte b = bytes.get();
      if (b == '%') {
        if (bytes.remaining() < 2) {
          return null;
        }
        int high = Character.digit(bytes.get(), 16);
        int low = Character.digit(bytes.get(), 16);
        if (high < 0 || low < 0) {
          return null;
        }
        decoded.put((byte) (high * 16 + low));
      } else {
        decoded.put(plusIsSpace && b == '+' ? (byte) ' ' : b);
      }
    }
    return StandardCharsets.UTF_8.decode(decoded.flip()).toString();
  }

  record Match(Route route, Map<String, String> parameters) {}

  /** How a route deals with its connection. */
  public enum Kind {
    /** The body is read before the handler runs. */
    WHOLE,
    /** The handler reads the body as it comes. */
    STREAMING,
    /**
     * The body is read before the handler runs, whose answer takes the connection over. Such
     * clients cannot read an answer that says that the connection will be closed (garden:
     * client/connection), so an error does not say it.
     */
    HIJACKING
  }

  /**
   * One route.
   *
   * @param name of the request, in logs and figures
   * @param segments of the pattern; those that begin with a colon take any text
   */
  public record Route(
      String name,
      Lane lane,
      String method,
      String pattern,
      List<String> segments,
      Kind kind,
      Handler handler) {

    @Nullable Map<String, String> match(List<String> path) {
      if (path.size() != segments.size()) {
        return null;
      }
      Map<String, String> parameters = new LinkedHashMap<>();
      for (int i = 0; i < path.size(); i++) {
        String segment = segments.get(i);
        if (segment.startsWith(":")) {
          String value = decode(path.get(i), false);
          if (value == null || (value.isEmpty() && i == path.size() - 1)) {
            return null;
          }
          parameters.put(segment.substring(1), value);
        } else if (!segment.equals(path.get(i))) {
          return null;
        }
      }
      return parameters;
    }
  }
}
