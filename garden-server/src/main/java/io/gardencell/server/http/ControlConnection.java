package io.gardencell.server.http;

import io.gardencell.api.GardenException;
import io.gardencell.api.PayloadDecoder;
import io.gardencell.api.ProcessPayload;
import io.gardencell.api.TtySpec;
import io.gardencell.api.WindowSize;
import io.gardencell.api.WireJson;
import io.gardencell.server.log.LogSession;
import io.gardencell.server.stream.Attachment;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control socket of a Run or Attach: names process and stream, takes stdin, signals and window
 * sizes, and tells the exit. Event loop only; signals run on the workers.
 */
public final class ControlConnection extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(ControlConnection.class);

  private final Attachment attachment;
  private final AutoCloseable hold;
  private final HijackedConnections all;
  private final Signals signals;
  private final LogSession.Mark session;
  private final PayloadDecoder decoder = new PayloadDecoder();
  private @Nullable ChannelHandlerContext context;
  private boolean over;

  /**
   * Serves a client of a process.
   *
   * @param hold keeps the container's grace time from running, and is closed at the end
   * @param session the request's, for log lines
   */
  public ControlConnection(
      Attachment attachment,
      AutoCloseable hold,
      HijackedConnections all,
      Executor workers,
      LogSession.Mark session) {
    this.attachment = attachment;
    this.hold = hold;
    this.all = all;
    this.signals = new Signals(attachment.process(), workers, session);
    this.session = session;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    if (!ctx.channel().isActive()) {
      end(true);
      return;
    }
    String id = attachment.process().id();
    send(ctx, ProcessPayload.started(id, attachment.streamId()));
    all.add(this);
    attachment
        .exited()
        .whenComplete((code, failure) -> ctx.executor().execute(() -> exited(code, failure)));
  }

  private void exited(@Nullable Long code, @Nullable Throwable failure) {
    ChannelHandlerContext ctx = context;
    if (over || ctx == null) {
      log.atDebug()
          .addKeyValue("process", attachment.process().id())
          .log("exit not told, the client is gone");
      return;
    }
    String id = attachment.process().id();
    try (LogSession open = session.resume()) {
      log.atInfo()
          .addKeyValue("id", id)
          .addKeyValue("status", code)
          .setCause(failure)
          .log("exited");
    }
    send(
        ctx,
        code != null
            ? ProcessPayload.exited(id, code)
            : ProcessPayload.failed(
                id, failure == null ? "unknown" : String.valueOf(failure.getMessage())));
    end(false);
    ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> leave(ctx));
  }

  // The client may still be sending input that nobody wants any more.
  private static void leave(ChannelHandlerContext ctx) {
    if (ctx.channel().isActive() && !ctx.isRemoved()) {
      ctx.pipeline().replace(ctx.handler(), "end", new LingeringClose());
    }
  }

  /** The server stops: closes without an exit payload and leaves the process alone. Any thread. */
  void detach() {
    ChannelHandlerContext ctx = context;
    if (ctx != null) {
      ctx.executor()
          .execute(
              () -> {
                end(false);
                ctx.close();
              });
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    try {
      if (!over) {
        decoder.feed(bytes.nioBuffer(), this::payload);
      }
    } catch (GardenException e) {
      log.atDebug().addKeyValue("error", e.loggable()).log("undecodable control payload");
      gone(ctx);
    } finally {
      bytes.release();
    }
    if (!over && attachment.isStdinFull()) {
      ctx.channel().config().setAutoRead(false);
      attachment.whenStdinHasRoom(
          () -> ctx.executor().execute(() -> ctx.channel().config().setAutoRead(true)));
    }
  }

  private void payload(ProcessPayload payload) {
    TtySpec tty = payload.tty();
    String data = payload.data();
    Long signal = payload.signal();
    if (tty != null) {
      WindowSize size = tty.windowSize();
      if (size != null) {
        signals.resize(size);
      }
    } else if (payload.source() != null) {
      if (data == null) {
        attachment.closeStdin();
      } else {
        attachment.writeStdin(data);
      }
    } else if (signal != null && signal == 0) {
      signals.terminate();
    } else if (signal != null && signal == 1) {
      signals.kill();
    } else {
      log.atInfo().addKeyValue("process", attachment.process().id()).log("unknown payload ignored");
    }
  }

  private void gone(ChannelHandlerContext ctx) {
    end(true);
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end(true);
  }

  // AutoCloseable's close declares Exception; a hold throws none.
  @SuppressWarnings("checkstyle:IllegalCatch")
  private void end(boolean clientGone) {
    if (over) {
      return;
    }
    over = true;
    if (clientGone) {
      attachment.disconnected();
    } else {
      attachment.release();
    }
    try {
      hold.close();
    } catch (Exception e) {
      log.atError().setCause(e).log("hold not released");
    }
    all.remove(this);
  }

  private static void send(ChannelHandlerContext ctx, ProcessPayload payload) {
    ctx.writeAndFlush(Unpooled.wrappedBuffer(WireJson.encode(payload)));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.atDebug().setCause(cause).log("control connection broke");
    ctx.close();
  }
}
