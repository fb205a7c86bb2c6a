package io.gardencell.client;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Paths and queries, with everything escaped that could be taken for their syntax. */
final class UrlText {

  private static final String PLAIN =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";

  private UrlText() {}

  /** Segments joined by slashes, with one in front; none may contain a slash of its own meaning. */
  static String path(String... segments) {
    StringBuilder path = new StringBuilder();
    for (String segment : segments) {
      path.append('/').append(escape(segment));
    }
    return path.toString();
  }

  /** A query with its question mark, keys sorted; nothing for no pairs. */
  static String query(Map<String, String> pairs) {
    return pairs.isEmpty()
        ? ""
        : new TreeMap<>(pairs)
            .entrySet().stream()
                .map(pair -> escape(pair.getKey()) + "=" + escape(pair.getValue()))
                .collect(Collectors.joining("&", "?", ""));
  }

  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b > 0 && PLAIN.indexOf(b) >= 0) {
        escaped.append((char) b);
      } else {
        escaped.append("%%%02X".formatted(b & 0xff));
      }
    }
    return escaped.toString();
  }
}
