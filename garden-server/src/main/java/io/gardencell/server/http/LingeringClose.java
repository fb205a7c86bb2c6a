package io.gardencell.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * The end of a connection whose client may still be sending: after the answer only our side is
 * closed, and a bounded rest is taken and thrown away. Closing at once would let the kernel answer
 * the unread bytes with a reset, which can overtake the answer. Event loop only.
 */
final class LingeringClose extends ChannelInboundHandlerAdapter {

  private static final int MOST_BYTES = 16 << 20;
  private static final int MOST_SECONDS = 2;

  private long taken;

  /** Takes the connection over; what was to be sent has been written and flushed. */
  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (ctx.channel() instanceof DuplexChannel socket) {
      socket.shutdownOutput();
    }
    ctx.channel().config().setAutoRead(true);
    ctx.executor().schedule(() -> ctx.close(), MOST_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    taken += message instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
    ReferenceCountUtil.release(message);
    if (taken > MOST_BYTES) {
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
