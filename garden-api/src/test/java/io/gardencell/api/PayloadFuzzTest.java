package io.gardencell.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Whatever bytes come on a control stream: messages, or a failure a client can be told. */
class PayloadFuzzTest {

  private static final List<String> SEEDS =
      List.of(
          "{\"process_id\":\"p\",\"source\":0,\"data\":\"a\\u00e9\\\"}{ \u20ac\"}",
          "{\"signal\":1}",
          "null\n",
          "{\"tty\":{\"window_size\":{\"columns\":80,\"rows\":24}}}\n",
          "{\"SOURCE\":2,\"unknown\":[{},[1.5e3,null,true]],\"data\":null}",
          "{\"exit_status\":3221225477}\n");

  @Provide
  static Arbitrary<byte[]> streams() {
    Arbitrary<String> several =
        Arbitraries.of(SEEDS).list().ofMinSize(1).ofMaxSize(4).map(l -> String.join("", l));
    Arbitrary<List<Integer>> edits = Arbitraries.integers().between(0, 1 << 16).list().ofMaxSize(3);
    return Combinators.combine(several, edits)
        .as(
            (text, changes) -> {
              byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
              for (int change : changes) {
                bytes[(change >> 8) * 7 % bytes.length] = (byte) change;
              }
              return bytes;
            });
  }

  private record Outcome(List<ProcessPayload> payloads, boolean failed) {}

  private static Outcome decode(byte[] bytes, int step) {
    PayloadDecoder decoder = new PayloadDecoder();
    List<ProcessPayload> payloads = new ArrayList<>();
    try {
      for (int at = 0; at < bytes.length; at += step) {
        decoder.feed(ByteBuffer.wrap(bytes, at, Math.min(step, bytes.length - at)), payloads::add);
      }
      return new Outcome(payloads, false);
    } catch (GardenException.Failure e) {
      assertThat(e).hasMessageStartingWith("invalid ");
      return new Outcome(payloads, true);
    }
  }

  @Property(tries = 2000)
  void theSameBytesAreTheSameMessagesWhereverTheyAreSplit(
      @ForAll("streams") byte[] bytes, @ForAll @IntRange(min = 1, max = 30) int step) {
    assertThat(decode(bytes, step)).isEqualTo(decode(bytes, bytes.length));
  }

  @Property(tries = 1000)
  void anyBytesAreMessagesOrAFailureThatSaysWhy(@ForAll byte[] bytes) {
    decode(bytes, Math.max(1, bytes.length));
  }
}
