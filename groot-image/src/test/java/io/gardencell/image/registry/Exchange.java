package io.gardencell.image.registry;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One request to a scripted registry and the means to answer it, well or badly. One thread. */
final class Exchange {

  private final ScriptedRegistry.Asked asked;
  private final OutputStream out;
  private final List<String> headers = new ArrayList<>();
  private boolean deafToRange;

  Exchange(ScriptedRegistry.Asked asked, OutputStream out) {
    this.asked = asked;
    this.out = out;
  }

  String path() {
    return asked.path();
  }

  String header(String name) {
    return asked.header(name);
  }

  Exchange add(String name, String value) {
    headers.add(name + ": " + value);
    return this;
  }

  void ignoreRange() {
    deafToRange = true;
  }

  /** A whole answer. */
  void send(int status, String body) throws IOException {
    send(status, body.getBytes(StandardCharsets.UTF_8));
  }

  /** A whole answer. */
  void send(int status, byte[] body) throws IOException {
    begin(status, body.length);
    out.write(body);
    out.flush();
  }

  /** Status and headers; a negative length is not announced. */
  void begin(int status, long length) throws IOException {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " X\r\nConnection: close\r\n");
    if (length >= 0) {
      head.append("Content-Length: ").append(length).append("\r\n");
    }
    headers.forEach(h -> head.append(h).append("\r\n"));
    out.write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
  }

  void write(byte[] bytes) throws IOException {
    write(bytes, 0, bytes.length);
  }

  void write(byte[] bytes, int from, int count) throws IOException {
    out.write(bytes, from, count);
    out.flush();
  }

  /** Content, or the part of it that was asked for; all is announced, this many bytes are sent. */
  void sendContent(byte[] bytes, int count) throws IOException {
    String range = deafToRange ? "" : asked.header("Range");
    int from = range.isEmpty() ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
    if (!range.isEmpty()) {
      add("Content-Range", "bytes %d-%d/%d".formatted(from, bytes.length - 1, bytes.length));
    }
    begin(range.isEmpty() ? 200 : 206, bytes.length - from);
    write(bytes, from, Math.min(count, bytes.length - from));
  }
}
