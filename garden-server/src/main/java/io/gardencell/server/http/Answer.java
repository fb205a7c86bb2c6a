package io.gardencell.server.http;

import io.gardencell.api.ErrorBody;
import io.gardencell.api.ErrorType;
import io.gardencell.api.GardenException;
import io.gardencell.api.WireJson;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** What a handler wants to be sent. */
public sealed interface Answer {

  /** The answer of routes that have nothing to say. */
  Answer OK = json(Map.of());

  /** Status 200 with a wire value. */
  static Answer json(Object value) {
    return new Whole(200, "application/json", WireJson.encode(value), Map.of());
  }

  /** The error object of a failure. */
  static Answer error(GardenException failure) {
    return new Whole(
        failure.status(), "application/json", WireJson.encode(failure.body()), Map.of());
  }

  /** The error object for what should not have happened. */
  static Answer internalError(Throwable cause) {
    ErrorBody body = ErrorBody.of(ErrorType.NONE, "internal error: " + cause);
    return new Whole(500, "application/json", WireJson.encode(body), Map.of());
  }

  /** Plain text, as the router and operators' routes answer. */
  static Answer text(int status, String text) {
    return new Whole(
        status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8), Map.of());
  }

  /**
   * A body that is sent at once: in one chunk if it is not small, as the reference sends it.
   *
   * @param more header fields besides the type and the length
   */
  record Whole(int status, String contentType, byte[] body, Map<String, String> more)
      implements Answer {

    ByteBuf encode(ByteBufAllocator allocator, boolean http10, boolean close, boolean headOnly) {
      HttpHead head = new HttpHead(status, http10);
      if (more.isEmpty()) {
        head.withContentType(contentType);
      } else {
        TreeMap<String, String> sorted = new TreeMap<>(more);
        sorted.put("Content-Type", contentType);
        sorted.forEach(head::with);
      }
      head.withDate();
      if (body.length > HttpHead.SMALL_BODY && !http10 && !headOnly) {
        return chunked(head.withConnection(false, close), allocator);
      }
      head.with("Content-Length", Integer.toString(body.length)).withConnection(http10, close);
      int size = headOnly ? 0 : body.length;
      return head.encode(allocator, size).writeBytes(body, 0, size);
    }

    private ByteBuf chunked(HttpHead head, ByteBufAllocator allocator) {
      byte[] begin =
          (Integer.toHexString(body.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
      byte[] end = "\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
      return head.with("Transfer-Encoding", "chunked")
          .encode(allocator, begin.length + body.length + end.length)
          .writeBytes(begin)
          .writeBytes(body)
          .writeBytes(end);
    }
  }

  /** A body that is written bit by bit, on the handler's thread. */
  record Streamed(String contentType, Body body) implements Answer {}

  /**
   * After the header the connection is handed over.
   *
   * @param contentType empty for none
   * @param taker makes the handler that gets the raw bytes
   */
  record Hijacked(int status, String contentType, Supplier<ChannelHandler> taker)
      implements Answer {

    ByteBuf encode(ByteBufAllocator allocator, boolean http10, boolean keepAlive) {
      HttpHead head = new HttpHead(status, http10).withContentType(contentType).withDate();
      // The reference's client insists on the word "chunked" and takes the socket; clients that go
      // by the header can say that they want to read to the end of the connection (curl -0).
      if (http10 || !keepAlive) {
        head.with("Connection", "close");
      } else {
        head.with("Transfer-Encoding", "chunked");
      }
      return head.encode(allocator, 0);
    }
  }

  /** Writes a streamed body; closed in any case. */
  interface Body extends AutoCloseable {

    /** Writes everything; the caller closes {@code out}. */
    void writeTo(OutputStream out) throws IOException;

    @Override
    void close();
  }
}
