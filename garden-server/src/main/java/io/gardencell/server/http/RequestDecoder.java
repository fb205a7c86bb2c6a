package io.gardencell.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes one request and then holds still until it was answered, so that bytes behind a request
 * whose connection is handed over are never taken for another request. Event loop only.
 */
final class RequestDecoder extends HttpRequestDecoder {

  private final Runnable bytesArrived;
  private boolean held;
  private boolean decoding;
  private @Nullable ChannelHandlerContext context;

  RequestDecoder(Runnable bytesArrived) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(ServerSettings.HEADER_LIMIT)
            .setMaxHeaderSize(ServerSettings.HEADER_LIMIT)
            .setMaxChunkSize(1 << 18));
    this.bytesArrived = bytesArrived;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    super.handlerAdded(ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    bytesArrived.run();
    decoding = true;
    try {
      super.channelRead(ctx, message);
    } finally {
      decoding = false;
    }
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (held) {
      return;
    }
    super.decode(ctx, in, out);
    if (!out.isEmpty() && out.get(out.size() - 1) instanceof LastHttpContent) {
      held = true;
    }
  }

  /**
   * Goes on with the next request, of which bytes may be here already. Called while bytes are being
   * decoded, as by an answer that was known at once, it leaves them to that: decoding within
   * decoding would free the bytes under the outer one.
   */
  void next() {
    held = false;
    if (!decoding && context != null && actualReadableBytes() > 0) {
      context.pipeline().fireChannelRead(Unpooled.EMPTY_BUFFER);
    }
  }
}
