package io.gardencell.server.http;

import io.gardencell.api.GardenException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on its connection: takes the body, hands the call to a thread of its lane and sends
 * the answer. Event loop only.
 */
final class Exchange {

  private static final Logger log = LoggerFactory.getLogger(Exchange.class);

  private final ChannelHandlerContext ctx;
  private final GardenServer server;
  private final HttpConnection connection;
  private final RequestHead head;
  private final long begun = System.nanoTime();
  private Router.@Nullable Match match;
  private @Nullable ByteArrayOutputStream collected;
  private @Nullable BodyStream stream;
  private boolean received;
  private boolean dispatched;
  private boolean answered;
  private boolean settled;

  Exchange(
      ChannelHandlerContext ctx, GardenServer server, HttpConnection connection, RequestHead head) {
    this.ctx = ctx;
    this.server = server;
    this.connection = connection;
    this.head = head;
  }

  void begin() {
    server.began();
    Answer refusal = head.refusal();
    if (refusal != null) {
      answer(refusal);
      return;
    }
    match = server.router().find(head.method(), head.path()).orElse(null);
    if (match == null) {
      // Without a body its end follows at once, and the connection can live on.
      if (!head.bodiless()) {
        answer(server.router().unrouted(head.path()));
      }
    } else if (match.route().kind() == Router.Kind.STREAMING) {
      BodyStream body =
          new BodyStream(() -> onLoop(this::sendContinue), () -> onLoop(this::resume));
      stream = body;
      awaitClient();
      dispatch(match, new byte[0], body);
    } else {
      collected = new ByteArrayOutputStream(head.bodiless() ? 0 : 256);
      awaitClient();
      sendContinue();
    }
  }

  /** The client's turn: it has to send something in time. */
  private void awaitClient() {
    if (!head.bodiless()) {
      connection.deadline().in(server.settings().idle());
    }
  }

  void content(HttpContent content) {
    if (answered) {
      return;
    }
    if (content.decoderResult().isFailure()) {
      broken(content.decoderResult().cause());
      return;
    }
    boolean last = content instanceof LastHttpContent;
    received = last;
    connection.deadline().clear();
    if (match == null) {
      answer(server.router().unrouted(head.path()));
    } else if (stream != null) {
      boolean room = stream.append(content.content().retain());
      if (last) {
        stream.complete();
      } else if (room) {
        awaitClient();
      }
      // Behind the last byte nothing is read until the answer is out.
      ctx.channel().config().setAutoRead(room && !last);
    } else if (collected != null) {
      collect(match, collected, content.content());
    }
  }

  private void broken(Throwable cause) {
    if (stream != null) {
      // The handler learns it from its stream, and has the answer.
      stream.fail("malformed request body: " + cause.getMessage());
    } else {
      answer(Answer.text(400, "400 Bad Request"));
    }
  }

  private void collect(Router.Match route, ByteArrayOutputStream body, ByteBuf bytes) {
    int limit = server.settings().bodyLimit();
    if (body.size() + bytes.readableBytes() > limit) {
      collected = null;
      String text = "request body exceeds the limit of " + limit + " bytes";
      answer(Answer.error(GardenException.failure(text)));
      return;
    }
    byte[] piece = new byte[bytes.readableBytes()];
    bytes.readBytes(piece);
    body.writeBytes(piece);
    if (received) {
      dispatch(route, body.toByteArray(), InputStream.nullInputStream());
    } else {
      awaitClient();
    }
  }

  private void sendContinue() {
    if (head.expectsContinue() && !received && !answered) {
      ctx.writeAndFlush(
          Unpooled.copiedBuffer("HTTP/1.1 100 Continue\r\n\r\n", StandardCharsets.US_ASCII));
    }
  }

  private void resume() {
    if (!answered && !received) {
      ctx.channel().config().setAutoRead(true);
      awaitClient();
    }
  }

  private void dispatch(Router.Match found, byte[] body, InputStream bodyStream) {
    Request request =
        new Request(
            head.method(), found.parameters(), Router.query(head.query()), body, bodyStream);
    Optional<Answer> known = found.route().handler().atOnce(request);
    if (known.isPresent()) {
      answer(known.get());
      return;
    }
    dispatched = true;
    if (received) {
      ctx.channel().config().setAutoRead(false);
    }
    try {
      server
          .lanes()
          .of(found.route().lane())
          .execute(new Call(this, found.route(), request, head.requestId()));
    } catch (RejectedExecutionException e) {
      String text = "too many requests are waiting, try again later";
      answer(Answer.error(new GardenException.ServiceUnavailable(text)));
    }
  }

  /** The handler has its answer. Any thread. */
  void deliver(Answer answer) {
    onLoop(() -> answer(answer));
  }

  /** At the end of the server a handler may outlive the loops, and nobody waits for its answer. */
  private void onLoop(Runnable task) {
    try {
      ctx.executor().execute(task);
    } catch (RejectedExecutionException e) {
      log.atDebug().log("answer not sent, the server has stopped");
    }
  }

  /** Makes the way for an answer that is written bit by bit. On the worker that writes it. */
  StreamedBody open(String contentType) {
    StreamedBody body = new StreamedBody(ctx, contentType, head.http10(), willClose());
    onLoop(() -> connection.sending(body));
    return body;
  }

  /** The answer was written to its end, or broke off and then the connection goes. Any thread. */
  void streamed(StreamedBody body, boolean complete) {
    boolean close = !complete || body.endsWithConnection();
    onLoop(
        () -> {
          if (complete) {
            answered(200, close);
          } else {
            connection.sending(null);
            settle(0);
            ctx.close();
          }
        });
  }

  private boolean isHijacking() {
    return match != null && match.route().kind() == Router.Kind.HIJACKING;
  }

  private boolean willClose() {
    return !received || !head.keepAlive() || server.isStopping();
  }

  private void answer(Answer answer) {
    if (answered) {
      return;
    }
    if (answer instanceof Answer.Whole whole) {
      boolean close = willClose();
      boolean headOnly = head.method().equals("HEAD");
      boolean told = close && (!head.keepAlive() || !isHijacking());
      ctx.writeAndFlush(whole.encode(ctx.alloc(), head.http10(), told, headOnly));
      answered(whole.status(), close);
    } else if (answer instanceof Answer.Hijacked hijacked) {
      answered = true;
      ctx.writeAndFlush(hijacked.encode(ctx.alloc(), head.http10(), head.keepAlive()));
      settle(hijacked.status());
      connection.handOver(hijacked.taker().get());
    } else {
      throw new IllegalStateException("a streamed answer is written on its worker");
    }
  }

  private void answered(int status, boolean close) {
    answered = true;
    settle(status);
    connection.sending(null);
    if (stream != null) {
      stream.close();
    }
    connection.finished(!close && !server.isStopping(), received);
  }

  private void settle(int status) {
    if (!settled) {
      settled = true;
      server.ended();
      Duration took = Duration.ofNanos(System.nanoTime() - begun);
      server.observer().answered(match == null ? "" : match.route().name(), status, took);
    }
  }

  /** The connection is gone; a handler that runs has its end still to come. */
  void gone() {
    if (stream != null) {
      stream.fail("connection closed in the middle of the request body");
    }
    if (!dispatched) {
      settle(0);
    }
  }
}
