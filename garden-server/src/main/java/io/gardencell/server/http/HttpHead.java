package io.gardencell.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Header blocks, byte for byte in the order the reference has them. Any thread. */
final class HttpHead {

  /** Whole bodies up to this size are sent with their length, larger ones in chunks (net/http). */
  static final int SMALL_BODY = 2048;

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  private static volatile Stamp stamp = new Stamp(0, "");

  private final StringBuilder text = new StringBuilder(192);

  HttpHead(int status, boolean http10) {
    text.append(http10 ? "HTTP/1.0 " : "HTTP/1.1 ")
        .append(status)
        .append(' ')
        .append(HttpResponseStatus.valueOf(status).reasonPhrase())
        .append("\r\n");
  }

  HttpHead with(String name, String value) {
    text.append(name).append(": ").append(value).append("\r\n");
    return this;
  }

  HttpHead withContentType(String value) {
    return value.isEmpty() ? this : with("Content-Type", value);
  }

  /** Says what is not the version's custom: HTTP/1.0 closes unless it says that it does not. */
  HttpHead withConnection(boolean http10, boolean close) {
    if (http10 != close) {
      return with("Connection", close ? "close" : "keep-alive");
    }
    return this;
  }

  HttpHead withDate() {
    return with("Date", now());
  }

  ByteBuf encode(ByteBufAllocator allocator, int extra) {
    ByteBuf buffer = allocator.directBuffer(text.length() + 2 + extra);
    ByteBufUtil.writeAscii(buffer, text);
    buffer.writeByte('\r').writeByte('\n');
    return buffer;
  }

  private static String now() {
    long second = System.currentTimeMillis() / 1000;
    Stamp last = stamp;
    if (last.second() != second) {
      last = new Stamp(second, DATE.format(Instant.ofEpochSecond(second)));
      stamp = last;
    }
    return last.text();
  }

  private record Stamp(long second, String text) {}
}
