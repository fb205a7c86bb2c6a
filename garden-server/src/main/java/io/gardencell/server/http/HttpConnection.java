package io.gardencell.server.http;

import io.gardencell.api.GardenException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection while it speaks HTTP: one request at a time is decoded, routed, handed to a worker
 * and answered. Event loop only, but for what handlers run. The one place that writes errors.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(HttpConnection.class);
  private static final int DRAIN_BYTES = 1 << 20;
  private static final int DRAIN_SECONDS = 2;

  private final GardenServer server;
  private final RequestDecoder decoder = new RequestDecoder(this::bytesArrived);
  private @Nullable Exchange exchange;
  private @Nullable ChannelHandlerContext context;
  private @Nullable StreamedBody sending;
  private long deadline;
  private long firstDeadlineMark;
  private boolean awaitingFirstByte = true;

  HttpConnection(GardenServer server) {
    this.server = server;
  }

  /** What is known of the request being served. */
  private static final class Exchange {
    final boolean http10;
    final boolean keepAlive;
    final boolean expectsContinue;
    Router.@Nullable Match match;
    Map<String, String> query = Map.of();
    String method = "";
    @Nullable ByteArrayOutputStream body;
    @Nullable BodyStream stream;
    boolean received;
    final boolean bodiless;
    @Nullable String unrouted;
    boolean answered;
    boolean dispatched;
    boolean settled;
    boolean closeAfter;
    int drained;

    Exchange(HttpRequest request) {
      http10 = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
      keepAlive = HttpUtil.isKeepAlive(request);
      expectsContinue = HttpUtil.is100ContinueExpected(request);
      bodiless =
          request.decoderResult().isSuccess()
              && !HttpUtil.isTransferEncodingChunked(request)
              && HttpUtil.getContentLength(request, 0L) == 0;
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    ctx.pipeline().addBefore(ctx.name(), "decoder", decoder);
    // The header timeout of the first request counts from accept, the later ones' from a byte.
    deadline = firstDeadline();
    watch();
    server.opened(this);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    Exchange current = exchange;
    if (current != null && current.stream != null) {
      current.stream.fail("connection closed in the middle of the request body");
    }
    if (sending != null) {
      sending.gone();
    }
    if (current != null && !current.dispatched) {
      settle(current);
    }
    server.closed(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof HttpRequest request) {
        begin(ctx, request);
      }
      if (message instanceof HttpContent content) {
        content(ctx, content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void begin(ChannelHandlerContext ctx, HttpRequest request) {
    Exchange current = new Exchange(request);
    exchange = current;
    deadline = Long.MAX_VALUE;
    server.began();
    if (request.decoderResult().isFailure()) {
      refuse(ctx, current, request.decoderResult().cause());
      return;
    }
    if (!current.http10 && !request.headers().contains(HttpHeaderNames.HOST)) {
      current.closeAfter = true;
      answer(ctx, current, Answer.text(400, "400 Bad Request: missing required Host header"));
      return;
    }
    String target = request.uri();
    if (target.startsWith("http://")) {
      int slash = target.indexOf('/', "http://".length());
      target = slash < 0 ? "/" : target.substring(slash);
    }
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    current.method = request.method().name();
    current.match = server.router().find(current.method, path).orElse(null);
    if (current.match == null) {
      // Without a body its end follows at once, and the connection can live on.
      if (current.bodiless) {
        current.unrouted = path;
      } else {
        unrouted(ctx, current, path);
      }
      return;
    }
    current.query = Router.query(mark < 0 ? "" : target.substring(mark + 1));
    if (current.match.route().streaming()) {
      BodyStream stream =
          new BodyStream(
              () -> ctx.executor().execute(() -> sendContinue(ctx, current)),
              () -> ctx.executor().execute(() -> resume(ctx, current)));
      current.stream = stream;
      dispatch(ctx, current, new byte[0], stream);
    } else {
      current.body = new ByteArrayOutputStream(256);
      sendContinue(ctx, current);
    }
  }

  private void refuse(ChannelHandlerContext ctx, Exchange current, Throwable cause) {
    boolean tooLong =
        cause instanceof TooLongHttpHeaderException || cause instanceof TooLongHttpLineException;
    current.closeAfter = true;
    current.received = true;
    answer(
        ctx,
        current,
        tooLong
            ? Answer.text(431, "431 Request Header Fields Too Large")
            : Answer.text(400, "400 Bad Request"));
  }

  private void unrouted(ChannelHandlerContext ctx, Exchange current, String path) {
    var methods = server.router().methods(path);
    boolean known = !methods.isEmpty();
    byte[] body =
        (known ? "Method Not Allowed\n" : "404 page not found\n")
            .getBytes(StandardCharsets.US_ASCII);
    boolean close = willClose(current);
    HttpHead head = new HttpHead(known ? 405 : 404, current.http10);
    if (known) {
      head.with("Allow", String.join(", ", methods));
    }
    head.with("Content-Type", "text/plain; charset=utf-8")
        .with("X-Content-Type-Options", "nosniff")
        .withDate()
        .with("Content-Length", Integer.toString(body.length));
    connection(head, current, close);
    boolean headOnly = current.method.equals("HEAD");
    ByteBuf buffer = head.encode(ctx.alloc(), body.length);
    if (!headOnly) {
      buffer.writeBytes(body);
    }
    ctx.writeAndFlush(buffer);
    current.closeAfter = close;
    answered(ctx, current);
  }

  private void content(ChannelHandlerContext ctx, HttpContent content) {
    Exchange current = exchange;
    if (current == null) {
      return;
    }
    boolean last = content instanceof LastHttpContent;
    if (content.decoderResult().isFailure()) {
      if (current.stream != null) {
        current.stream.fail("malformed request body: " + content.decoderResult().cause());
      }
      current.closeAfter = true;
      current.received = true;
      if (current.stream == null && !current.answered) {
        answer(ctx, current, Answer.text(400, "400 Bad Request"));
      }
      return;
    }
    int size = content.content().readableBytes();
    String path = current.unrouted;
    if (path != null && !current.answered) {
      current.received = true;
      unrouted(ctx, current, path);
    } else if (current.answered) {
      current.drained += size;
      current.received |= last;
      if (last || current.drained > DRAIN_BYTES) {
        finish(ctx, current);
      }
    } else if (current.stream != null) {
      boolean room = current.stream.append(content.content().retain());
      if (last) {
        current.received = true;
        current.stream.complete();
      }
      // Behind the last byte nothing is read until the answer is out.
      ctx.channel().config().setAutoRead(room && !last);
    } else if (current.body != null) {
      collect(ctx, current, content.content(), last);
    }
  }

  private void collect(ChannelHandlerContext ctx, Exchange current, ByteBuf bytes, boolean last) {
    ByteArrayOutputStream body = current.body;
    if (body == null) {
      return;
    }
    int limit = server.settings().bodyLimit();
    current.received = last;
    if (body.size() + bytes.readableBytes() > limit) {
      current.body = null;
      String text = "request body exceeds the limit of " + limit + " bytes";
      answer(ctx, current, Answer.error(GardenException.failure(text)));
      return;
    }
    byte[] piece = new byte[bytes.readableBytes()];
    bytes.readBytes(piece);
    body.writeBytes(piece);
    if (last) {
      ctx.channel().config().setAutoRead(false);
      dispatch(ctx, current, body.toByteArray(), InputStream.nullInputStream());
    }
  }

  private void sendContinue(ChannelHandlerContext ctx, Exchange current) {
    if (current.expectsContinue && !current.http10 && !current.received && !current.answered) {
      ctx.writeAndFlush(
          Unpooled.copiedBuffer("HTTP/1.1 100 Continue\r\n\r\n", StandardCharsets.US_ASCII));
    }
  }

  private void resume(ChannelHandlerContext ctx, Exchange current) {
    if (exchange == current && !current.received) {
      ctx.channel().config().setAutoRead(true);
    }
  }

  private void dispatch(
      ChannelHandlerContext ctx, Exchange current, byte[] body, InputStream stream) {
    Router.Match match = current.match;
    if (match == null) {
      return;
    }
    Request request = new Request(current.method, match.parameters(), current.query, body, stream);
    current.dispatched = true;
    try {
      server.workers().execute(() -> run(ctx, current, match.route().handler(), request));
    } catch (RejectedExecutionException e) {
      String text = "too many requests in flight";
      answer(ctx, current, Answer.error(new GardenException.ServiceUnavailable(text)));
    }
  }

  // The outermost frame of a worker: a handler's failure of any kind becomes an answer.
  @SuppressWarnings("checkstyle:IllegalCatch")
  private void run(ChannelHandlerContext ctx, Exchange current, Handler handler, Request request) {
    Answer answer;
    try {
      answer = handler.handle(request);
    } catch (GardenException e) {
      if (!(e instanceof GardenException.ProcessNotFound)) {
        log.atInfo()
            .addKeyValue("method", request.method())
            .addKeyValue("handle", request.parameters().getOrDefault("handle", ""))
            .addKeyValue("error", e.getMessage())
            .log("failed");
      }
      answer = Answer.error(e);
    } catch (RuntimeException | Error e) {
      log.atError().setCause(e).log("handler broke");
      answer = Answer.internalError(e);
    }
    if (answer instanceof Answer.Streamed streamed) {
      stream(ctx, current, streamed);
    } else {
      Answer decided = answer;
      ctx.executor().execute(() -> answer(ctx, current, decided));
    }
  }

  // On the worker, like the handler.
  @SuppressWarnings("checkstyle:IllegalCatch")
  private void stream(ChannelHandlerContext ctx, Exchange current, Answer.Streamed answer) {
    StreamedBody out =
        new StreamedBody(ctx, answer.contentType(), current.http10, willClose(current));
    ctx.executor()
        .execute(
            () -> {
              sending = out;
              if (!ctx.channel().isActive()) {
                out.gone();
              }
            });
    try (Answer.Body body = answer.body()) {
      body.writeTo(out);
      out.finish();
      boolean close = out.endsWithConnection();
      ctx.executor()
          .execute(
              () -> {
                current.closeAfter |= close;
                answered(ctx, current);
              });
    } catch (java.io.IOException | RuntimeException e) {
      if (out.hasBegun()) {
        log.atInfo().setCause(e).log("streamed answer broke off");
        out.close();
        ctx.executor().execute(() -> settle(current));
        ctx.close();
      } else {
        Answer failure =
            e instanceof GardenException known
                ? Answer.error(known)
                : Answer.error(GardenException.failure(String.valueOf(e.getMessage()), e));
        ctx.executor().execute(() -> answer(ctx, current, failure));
      }
    } finally {
      ctx.executor().execute(() -> sending = null);
    }
  }

  private boolean willClose(Exchange current) {
    return current.closeAfter || !current.keepAlive || !current.received || server.isStopping();
  }

  private void answer(ChannelHandlerContext ctx, Exchange current, Answer answer) {
    if (current.answered) {
      return;
    }
    if (answer instanceof Answer.Whole whole) {
      boolean close = willClose(current);
      HttpHead head =
          new HttpHead(whole.status(), current.http10).withContentType(whole.contentType());
      head.withDate().with("Content-Length", Integer.toString(whole.body().length));
      connection(head, current, close);
      ByteBuf buffer = head.encode(ctx.alloc(), whole.body().length);
      ctx.writeAndFlush(buffer.writeBytes(whole.body()));
      current.closeAfter = close;
      answered(ctx, current);
    } else if (answer instanceof Answer.Hijacked hijacked) {
      hijack(ctx, current, hijacked);
    }
  }

  private static void connection(HttpHead head, Exchange current, boolean close) {
    if (close) {
      head.with("Connection", "close");
    } else if (current.http10) {
      head.with("Connection", "keep-alive");
    }
  }

  private void answered(ChannelHandlerContext ctx, Exchange current) {
    current.answered = true;
    settle(current);
    if (current.stream != null) {
      current.stream.close();
    }
    if (current.received) {
      finish(ctx, current);
      return;
    }
    // The client may still be sending: take a bounded rest, or it would see a reset, not the
    // answer.
    ctx.channel().config().setAutoRead(true);
    ctx.executor()
        .schedule(
            () -> {
              if (exchange == current) {
                ctx.close();
              }
            },
            DRAIN_SECONDS,
            TimeUnit.SECONDS);
  }

  private void settle(Exchange current) {
    if (!current.settled) {
      current.settled = true;
      server.ended();
    }
  }

  private void finish(ChannelHandlerContext ctx, Exchange current) {
    if (exchange != current) {
      return;
    }
    exchange = null;
    if (current.closeAfter || !current.received || server.isStopping()) {
      ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> ctx.close());
      return;
    }
    awaitingFirstByte = true;
    deadline = after(server.settings().idle());
    ctx.channel().config().setAutoRead(true);
    decoder.next();
  }

  private void hijack(ChannelHandlerContext ctx, Exchange current, Answer.Hijacked answer) {
    HttpHead head =
        new HttpHead(answer.status(), current.http10).withContentType(answer.contentType());
    head.withDate();
    // The reference's client insists on the word "chunked" and takes the socket; clients that go by
    // the header can say that they want to read to the end of the connection (curl -0).
    if (current.http10 || !current.keepAlive) {
      head.with("Connection", "close");
    } else {
      head.with("Transfer-Encoding", "chunked");
    }
    ctx.writeAndFlush(head.encode(ctx.alloc(), 0));
    current.answered = true;
    exchange = null;
    deadline = Long.MAX_VALUE;
    settle(current);
    server.closed(this);
    ChannelHandler raw = answer.taker().get();
    ctx.pipeline().addLast("raw", raw);
    ctx.pipeline().remove(this);
    ctx.pipeline().remove(decoder);
    ctx.channel().config().setAutoRead(true);
  }

  private void bytesArrived() {
    if (awaitingFirstByte) {
      awaitingFirstByte = false;
      if (exchange == null && deadline != firstDeadlineMark) {
        deadline = after(server.settings().readHeader());
      }
    }
  }

  private long firstDeadline() {
    long bound =
        server.settings().readHeader().isZero()
            ? after(server.settings().idle())
            : after(server.settings().readHeader());
    firstDeadlineMark = server.settings().readHeader().isZero() ? 0 : bound;
    return bound;
  }

  private static long after(java.time.Duration bound) {
    return bound.isZero() ? Long.MAX_VALUE : System.nanoTime() + bound.toNanos();
  }

  /** One timer a connection, set anew only when it fires: requests just move the deadline. */
  private void watch() {
    ChannelHandlerContext ctx = context;
    if (ctx == null || !ctx.channel().isActive() || ctx.isRemoved()) {
      return;
    }
    long left = deadline == Long.MAX_VALUE ? Long.MAX_VALUE : deadline - System.nanoTime();
    if (left <= 0) {
      ctx.close();
      return;
    }
    long wait = Math.min(left, server.watchInterval().toNanos());
    ctx.executor().schedule(this::watch, wait, TimeUnit.NANOSECONDS);
  }

  /** The server stops: without a request the connection is closed at once. Any thread. */
  void stopping() {
    ChannelHandlerContext ctx = context;
    if (ctx != null) {
      ctx.executor()
          .execute(
              () -> {
                if (exchange == null && !ctx.isRemoved()) {
                  ctx.close();
                }
              });
    }
  }

  /** The server's patience is over. Any thread. */
  ChannelFuture cut() {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      throw new IllegalStateException("connection was never opened");
    }
    return ctx.channel().close();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (sending != null) {
      sending.writability();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.atDebug().setCause(cause).log("connection broke");
    ctx.close();
  }
}
