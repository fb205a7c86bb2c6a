package io.gardencell.server.http;

import io.gardencell.server.stream.OutputQueue;
import io.gardencell.server.stream.OutputReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A stdout or stderr socket: sends what its queue has while the socket takes it, and closes at the
 * end. Without a queue, or when the queue has another reader, it closes at once. Event loop only.
 */
public final class OutputConnection extends ChannelInboundHandlerAdapter implements OutputReader {

  private final @Nullable OutputQueue queue;
  private final HijackedConnections all;
  private final AtomicBoolean woken = new AtomicBoolean();
  private volatile @Nullable ChannelHandlerContext context;

  /** Reads the queue; null stands for a stream that nobody knows. */
  public OutputConnection(@Nullable OutputQueue queue, HijackedConnections all) {
    this.queue = queue;
    this.all = all;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    if (queue == null || !ctx.channel().isActive() || !queue.connect(this)) {
      context = null;
      end(ctx);
      return;
    }
    all.add(this);
  }

  /** What the client has not taken yet, as far as we hold it; to see whether it takes anything. */
  long waitingBytes() {
    ChannelHandlerContext ctx = context;
    OutputQueue source = queue;
    if (ctx == null || source == null) {
      return 0;
    }
    Channel channel = ctx.channel();
    return source.waitingBytes() + channel.bytesBeforeWritable() - channel.bytesBeforeUnwritable();
  }

  @Override
  public void wake() {
    ChannelHandlerContext ctx = context;
    if (ctx != null && !woken.getAndSet(true)) {
      ctx.executor().execute(() -> drain(ctx));
    }
  }

  private void drain(ChannelHandlerContext ctx) {
    woken.set(false);
    OutputQueue source = queue;
    if (source == null || !ctx.channel().isActive()) {
      return;
    }
    boolean written = false;
    while (ctx.channel().isWritable()) {
      ByteBuf piece = source.poll();
      if (piece == null) {
        break;
      }
      ctx.write(piece);
      written = true;
    }
    if (written) {
      ctx.flush();
    }
    if (source.isExhausted()) {
      end(ctx);
    } else if (written && ctx.channel().isWritable()) {
      wake();
    }
  }

  private static void end(ChannelHandlerContext ctx) {
    ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      wake();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    all.remove(this);
    if (queue != null) {
      queue.disconnect(this);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
