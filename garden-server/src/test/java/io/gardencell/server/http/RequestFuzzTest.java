package io.gardencell.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

/** Whatever bytes come, wherever they are split: the same requests, or the same refusal. */
class RequestFuzzTest {

  private static final String FILES = "/containers/:handle/files";
  private static final String PROPERTY = "/containers/:handle/properties/:key";

  private static final Router ROUTER =
      new Router()
          .add("ping", Lane.QUERY, "GET", "/ping", request -> Answer.OK)
          .add("create", Lane.CHANGE, "POST", "/containers", request -> Answer.OK)
          .add("destroy", Lane.CHANGE, "DELETE", "/containers/:handle", request -> Answer.OK)
          .addStreaming("stream-in", Lane.TRANSFER, "PUT", FILES, request -> Answer.OK)
          .add("get-property", Lane.QUERY, "GET", PROPERTY, request -> Answer.OK);

  private static final List<String> SEEDS =
      List.of(
          "GET /ping HTTP/1.1\r\nHost: a\r\n\r\n",
          "GET /ping HTTP/1.0\r\n\r\n",
          "POST /containers HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\n{\"handle\":5}",
          "PUT /containers/%2F/files?user=%zz&destination=a+b HTTP/1.1\r\nHost: a\r\n"
              + "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
          "GET /containers/h/properties/a%20b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
          "DELETE /containers/a HTTP/1.1\r\nHost: a\r\nX-Vcap-Request-Id: 0af7\r\n\r\n");

  @Provide
  static Arbitrary<byte[]> requests() {
    Arbitrary<String> several =
        Arbitraries.of(SEEDS).list().ofMinSize(1).ofMaxSize(3).map(list -> String.join("", list));
    Arbitrary<List<Integer>> edits = Arbitraries.integers().between(0, 1 << 16).list().ofMaxSize(6);
    Arbitrary<byte[]> edited = Combinators.combine(several, edits).as(RequestFuzzTest::edit);
    Arbitrary<byte[]> random = Arbitraries.bytes().array(byte[].class).ofMaxSize(200);
    return Arbitraries.frequencyOf(Tuple.of(9, edited), Tuple.of(1, random));
  }

  /** Changes a byte for each edit: where and to what are both in the number. */
  private static byte[] edit(String text, List<Integer> edits) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    for (int edit : edits) {
      bytes[(edit >> 8) * 7 % bytes.length] = (byte) edit;
    }
    return bytes;
  }

  /** A request as it came out, or half of one. */
  private record Seen(String method, String path, boolean refused, boolean broken, String body) {}

  private static final class Collector extends ChannelInboundHandlerAdapter {

    private final RequestDecoder decoder;
    private final List<Seen> seen = new ArrayList<>();
    private final StringBuilder body = new StringBuilder();
    private Optional<RequestHead> head = Optional.empty();
    private boolean over;

    Collector(RequestDecoder decoder) {
      this.decoder = decoder;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      try {
        if (!over && message instanceof HttpRequest request) {
          head = Optional.of(RequestHead.of(request));
          body.setLength(0);
          over = head.get().refusal() != null;
          if (over) {
            end(false);
          }
        }
        if (!over && message instanceof HttpContent content) {
          over = content.decoderResult().isFailure();
          body.append(content.content().toString(StandardCharsets.ISO_8859_1));
          if (over) {
            end(true);
          } else if (content instanceof LastHttpContent) {
            end(false);
            decoder.next();
          }
        }
      } finally {
        ReferenceCountUtil.release(message);
      }
    }

    void end(boolean broken) {
      head.ifPresent(
          h ->
              seen.add(
                  new Seen(h.method(), h.path(), h.refusal() != null, broken, body.toString())));
      head = Optional.empty();
    }
  }

  private static List<Seen> decode(List<byte[]> pieces) {
    RequestDecoder decoder = new RequestDecoder(() -> {});
    Collector collector = new Collector(decoder);
    EmbeddedChannel channel = new EmbeddedChannel(decoder, collector);
    for (byte[] piece : pieces) {
      channel.writeInbound(Unpooled.copiedBuffer(piece));
    }
    channel.checkException();
    if (!collector.over) {
      collector.end(false);
    }
    channel.finishAndReleaseAll();
    return collector.seen;
  }

  @Property(tries = 1500)
  void theSameBytesAreTheSameRequestsWhereverTheyAreSplit(
      @ForAll("requests") byte[] bytes, @ForAll @IntRange(min = 1, max = 40) int step) {
    List<byte[]> pieces = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += step) {
      pieces.add(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + step)));
    }

    assertThat(decode(pieces)).isEqualTo(decode(List.of(bytes)));
  }

  @Property(tries = 1500)
  void everyRequestIsRefusedRoutedOrToldThatThereIsNoSuchRoute(@ForAll("requests") byte[] bytes) {
    for (Seen seen : decode(List.of(bytes))) {
      Optional<Router.Match> match = ROUTER.find(seen.method(), seen.path());
      if (match.isEmpty() && ROUTER.unrouted(seen.path()) instanceof Answer.Whole answer) {
        ByteBuf encoded = answer.encode(ByteBufAllocator.DEFAULT, false, true, false);
        assertThat(encoded.toString(StandardCharsets.UTF_8)).matches("(?s)HTTP/1\\.1 40[45] .*\n");
        encoded.release();
      }
    }
  }

  @Property(tries = 1500)
  void noPathAndNoQueryIsTooOddToBeLookedAt(@ForAll String text) {
    ROUTER.find("GET", text);
    ROUTER.unrouted("/" + text);

    assertThat(Router.query(text)).allSatisfy((key, value) -> assertThat(value).isNotNull());
  }

  @Property(tries = 1500)
  void anyTextSurvivesTheWayThroughAPath(@ForAll String key) {
    String text = new String(key.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    StringBuilder escaped = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      escaped.append("%%%02x".formatted(b));
    }

    Optional<Router.Match> match = ROUTER.find("GET", "/containers/h/properties/" + escaped);

    if (text.isEmpty()) {
      assertThat(match).isEmpty();
    } else {
      assertThat(match.orElseThrow().parameters()).isEqualTo(Map.of("handle", "h", "key", text));
    }
  }
}
