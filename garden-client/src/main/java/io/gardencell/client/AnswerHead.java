package io.gardencell.client;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Status line and headers of an answer; names of headers in lower case. */
record AnswerHead(int status, String reason, Map<String, String> headers) {

  private static final int LIMIT = 1 << 20;

  /** The next head that is not an interim one (100 Continue). */
  static AnswerHead read(Connection connection, Duration bound) throws IOException {
    AnswerHead head = readAny(connection, bound);
    while (head.status() < 200 && head.status() != 101) {
      head = readAny(connection, bound);
    }
    return head;
  }

  private static AnswerHead readAny(Connection connection, Duration bound) throws IOException {
    String status = line(connection, bound);
    String[] parts = status.split(" ", 3);
    if (parts.length < 2 || !parts[0].startsWith("HTTP/1.") || !parts[1].matches("[1-9][0-9]{2}")) {
      throw new ProtocolException("answer starts with '" + status + "' (expected: HTTP/1.1)");
    }
    Map<String, String> headers = new TreeMap<>();
    int size = status.length();
    for (String line = line(connection, bound); !line.isEmpty(); line = line(connection, bound)) {
      size += line.length();
      int colon = line.indexOf(':');
      if (colon <= 0 || size > LIMIT) {
        throw new ProtocolException("answer has a malformed or too long header");
      }
      headers.put(
          line.substring(0, colon).trim().toLowerCase(Locale.ROOT),
          line.substring(colon + 1).trim());
    }
    return new AnswerHead(Integer.parseInt(parts[1]), parts.length < 3 ? "" : parts[2], headers);
  }

  /** A line without its end. */
  static String line(Connection connection, Duration bound) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = connection.read(bound); b != '\n'; b = connection.read(bound)) {
      if (b < 0) {
        throw new EOFException("connection ended within the head of an answer");
      }
      if (line.size() > LIMIT) {
        throw new ProtocolException("answer has a line of more than " + LIMIT + " bytes");
      }
      line.write(b);
    }
    String text = line.toString(StandardCharsets.UTF_8);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  boolean isChunked() {
    return "chunked".equalsIgnoreCase(headers.getOrDefault("transfer-encoding", ""));
  }

  /** The length that is announced, or -1 for none. */
  long contentLength() throws ProtocolException {
    String length = headers.getOrDefault("content-length", "");
    if (length.isEmpty()) {
      return -1;
    }
    if (!length.matches("[0-9]{1,18}")) {
      throw new ProtocolException("Content-Length: '" + length + "' (expected: a number)");
    }
    return Long.parseLong(length);
  }
}
