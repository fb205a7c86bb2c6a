package io.gardencell.server.http;

import io.gardencell.api.ErrorBody;
import io.gardencell.api.ErrorType;
import io.gardencell.api.GardenException;
import io.gardencell.api.WireJson;
import io.netty.channel.ChannelHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;

/** What a handler wants to be sent. */
public sealed interface Answer {

  /** The answer of routes that have nothing to say. */
  Answer OK = json(Map.of());

  /** Status 200 with a wire value. */
  static Answer json(Object value) {
    return new Whole(200, "application/json", WireJson.encode(value));
  }

  /** The error object of a failure. */
  static Answer error(GardenException failure) {
    return new Whole(failure.status(), "application/json", WireJson.encode(failure.body()));
  }

  /** The error object for what should not have happened. */
  static Answer internalError(Throwable cause) {
    ErrorBody body = ErrorBody.of(ErrorType.NONE, "internal error: " + cause);
    return new Whole(500, "application/json", WireJson.encode(body));
  }

  /** Plain text, as the router and operators' routes answer. */
  static Answer text(int status, String text) {
    return new Whole(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  /** A body that is sent at once. */
  record Whole(int status, String contentType, byte[] body) implements Answer {}

  /** A body that is written bit by bit, on the handler's thread. */
  record Streamed(String contentType, Body body) implements Answer {}

  /**
   * After the header the connection is handed over.
   *
   * @param contentType empty for none
   * @param taker makes the handler that gets the raw bytes
   */
  record Hijacked(int status, String contentType, Supplier<ChannelHandler> taker)
      implements Answer {}

  /** Writes a streamed body; closed in any case. */
  interface Body extends AutoCloseable {

    /** Writes everything; the caller closes {@code out}. */
    void writeTo(OutputStream out) throws IOException;

    @Override
    void close();
  }
}
