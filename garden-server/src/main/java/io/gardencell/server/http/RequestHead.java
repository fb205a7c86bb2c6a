package io.gardencell.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a request's first lines say.
 *
 * @param path still escaped, without the query
 * @param query still escaped, without the question mark
 * @param bodiless whether no body follows
 * @param requestId value of {@code X-Vcap-Request-Id}, empty if absent
 * @param refusal the answer if the head alone makes the request impossible
 */
record RequestHead(
    String method,
    String path,
    String query,
    boolean http10,
    boolean keepAlive,
    boolean expectsContinue,
    boolean bodiless,
    String requestId,
    @Nullable Answer refusal) {

  /** Shorter lines make no difference to the limit; Go is as generous with its 4 KiB. */
  private static final int LONG_LINE = 1 << 12;

  static RequestHead of(HttpRequest request) {
    String target = originForm(text(request.uri()));
    int mark = target.indexOf('?');
    boolean wellFormed = request.decoderResult().isSuccess();
    boolean bodiless =
        wellFormed
            && !HttpUtil.isTransferEncodingChunked(request)
            && HttpUtil.getContentLength(request, 0L) == 0;
    return new RequestHead(
        request.method().name(),
        mark < 0 ? target : target.substring(0, mark),
        mark < 0 ? "" : target.substring(mark + 1),
        wellFormed && request.protocolVersion().equals(HttpVersion.HTTP_1_0),
        wellFormed && HttpUtil.isKeepAlive(request),
        !bodiless && HttpUtil.is100ContinueExpected(request),
        bodiless,
        request.headers().get("X-Vcap-Request-Id", ""),
        refusal(request));
  }

  /** The decoder makes a char of each byte; clients that do not escape send UTF-8 (curl does). */
  private static String text(String uri) {
    for (int i = 0; i < uri.length(); i++) {
      if (uri.charAt(i) >= 0x80) {
        return new String(uri.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
      }
    }
    return uri;
  }

  /** A target that names the server as well is good, too. */
  private static String originForm(String target) {
    if (!target.startsWith("http://")) {
      return target;
    }
    int slash = target.indexOf('/', "http://".length());
    return slash < 0 ? "/" : target.substring(slash);
  }

  /** The decoder bounds the line and the headers each for itself, the protocol both together. */
  private static boolean isTooLong(HttpRequest request) {
    long length = request.uri().length();
    if (length < LONG_LINE) {
      return false;
    }
    for (Map.Entry<String, String> header : request.headers()) {
      length += header.getKey().length() + header.getValue().length() + ": \r\n".length();
    }
    return length > ServerSettings.HEADER_LIMIT;
  }

  /** The texts are those of Go's net/http. */
  private static @Nullable Answer refusal(HttpRequest request) {
    Throwable cause = request.decoderResult().cause();
    if (cause instanceof TooLongHttpHeaderException
        || cause instanceof TooLongHttpLineException
        || isTooLong(request)) {
      return Answer.text(431, "431 Request Header Fields Too Large");
    }
    if (request.decoderResult().isFailure()) {
      return Answer.text(400, "400 Bad Request");
    }
    HttpVersion version = request.protocolVersion();
    if (version.majorVersion() != 1) {
      return Answer.text(505, "505 HTTP Version Not Supported: unsupported protocol version");
    }
    int hosts = request.headers().getAll(HttpHeaderNames.HOST).size();
    if (hosts > 1) {
      return Answer.text(400, "400 Bad Request: too many Host headers");
    }
    if (hosts == 0 && version.minorVersion() > 0) {
      return Answer.text(400, "400 Bad Request: missing required Host header");
    }
    String expected = request.headers().get(HttpHeaderNames.EXPECT);
    if (expected != null && !HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expected.strip())) {
      return Answer.text(417, "417 Expectation Failed");
    }
    return null;
  }
}
