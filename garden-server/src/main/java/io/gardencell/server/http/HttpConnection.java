package io.gardencell.server.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection while it speaks HTTP: one exchange after the other, and the time that a client may
 * take for each of its steps. Event loop only.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(HttpConnection.class);

  private final GardenServer server;
  private final RequestDecoder decoder = new RequestDecoder(this::bytesArrived);
  private @Nullable ChannelHandlerContext context;
  private @Nullable Deadline deadline;
  private @Nullable Exchange exchange;
  private @Nullable StreamedBody sending;
  private boolean betweenRequests;
  private boolean headBegun;
  private boolean untilTaken;

  HttpConnection(GardenServer server) {
    this.server = server;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    log.atDebug()
        .addKeyValue("peer", ctx.channel().remoteAddress())
        .log("guardian.api.connection.open");
    context = ctx;
    deadline = new Deadline(ctx.executor(), ctx::close);
    ctx.pipeline().addBefore(ctx.name(), "decoder", decoder);
    // The header timeout of the first request counts from accept, the later ones' from a byte.
    ServerSettings settings = server.settings();
    deadline().in(settings.readHeader().isZero() ? settings.idle() : settings.readHeader());
    server.opened(this);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    log.atDebug()
        .addKeyValue("peer", ctx.channel().remoteAddress())
        .log("guardian.api.connection.closed");
    deadline().cancel();
    if (exchange != null) {
      exchange.gone();
    }
    if (sending != null) {
      sending.gone();
    }
    server.closed(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof HttpRequest request) {
        headBegun = false;
        betweenRequests = false;
        deadline().clear();
        exchange = new Exchange(ctx, server, this, RequestHead.of(request));
        exchange.begin();
      }
      if (message instanceof HttpContent content && exchange != null) {
        exchange.content(content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void bytesArrived() {
    headBegun |= betweenRequests;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (headBegun) {
      // A follow-up request has begun and its head is not complete.
      headBegun = false;
      betweenRequests = false;
      deadline().in(server.settings().readHeader());
    }
  }

  Deadline deadline() {
    return Objects.requireNonNull(deadline, "connection was never opened");
  }

  /** The answer that is being written bit by bit, or none any more. */
  void sending(@Nullable StreamedBody body) {
    sending = body;
    ChannelHandlerContext ctx = context;
    if (body != null && ctx != null && !ctx.channel().isActive()) {
      body.gone();
    }
  }

  /**
   * The exchange is over.
   *
   * @param keep whether the connection goes on
   * @param received whether the whole request is here
   */
  void finished(boolean keep, boolean received) {
    ChannelHandlerContext ctx = Objects.requireNonNull(context);
    exchange = null;
    deadline().clear();
    if (keep && ctx.channel().isWritable()) {
      next(ctx);
    } else if (keep) {
      // A client that asks and does not read has to take some answers before it is asked for more.
      untilTaken = true;
      ctx.channel().config().setAutoRead(false);
      deadline().in(server.settings().idle());
    } else {
      // Nor does a client that takes nothing keep the last answer for ever.
      deadline().in(server.settings().idle());
      ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
          .addListener(done -> end(ctx, done.isSuccess() && !received));
    }
  }

  private void next(ChannelHandlerContext ctx) {
    untilTaken = false;
    betweenRequests = true;
    deadline().in(server.settings().idle());
    ctx.channel().config().setAutoRead(true);
    decoder.next();
  }

  private void end(ChannelHandlerContext ctx, boolean linger) {
    if (linger && ctx.channel().isActive() && !ctx.isRemoved()) {
      leave(ctx, new LingeringClose());
    } else {
      ctx.close();
    }
  }

  /** From now on the bytes are another's. */
  void handOver(ChannelHandler raw) {
    ChannelHandlerContext ctx = Objects.requireNonNull(context);
    exchange = null;
    leave(ctx, raw);
    ctx.channel().config().setAutoRead(true);
  }

  private void leave(ChannelHandlerContext ctx, ChannelHandler successor) {
    deadline().cancel();
    server.closed(this);
    ctx.pipeline().addLast("raw", successor);
    ctx.pipeline().remove(this);
    // Bytes behind the request come out of the decoder and go to the successor.
    ctx.pipeline().remove(decoder);
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

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (sending != null) {
      if (ctx.channel().isWritable()) {
        deadline().clear();
      } else {
        deadline().in(server.settings().idle());
      }
      sending.writability();
    } else if (untilTaken && ctx.channel().isWritable()) {
      next(ctx);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.atDebug().setCause(cause).log("connection broke");
    ctx.close();
  }
}
