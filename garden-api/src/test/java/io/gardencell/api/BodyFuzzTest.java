package io.gardencell.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever bytes are a request's body: a value, or a failure a client can be told. */
class BodyFuzzTest {

  private static final List<String> SEEDS =
      List.of(
          "{\"handle\":\"h\",\"Grace_Time\":5,\"env\":[\"A=\\ud83d\\ude00\",null],\"privileged\":true,",
          "{\"limits\":{\"memory_limits\":{\"limit_in_bytes\":18446744073709551615},\"cpu_limits\":{}},",
          "{\"properties\":{\"\\ud800\":\"\u20ac<>&\\u2028\",\"b\":\"\"},\"properties\":{\"b\":null},",
          "{\"netout_rules\":[{\"protocol\":1,\"networks\":[{\"start\":\"::ffff:1.2.3.4\"}],",
          "\"ports\":[{\"start\":65535}],\"icmps\":{\"type\":8,\"code\":0},\"log\":false}],",
          "\"netin\":[{\"host_port\":4294967295}],\"x\":[1.5e3,{\"y\":[[]]}],\"handle\":\"i\"} rest",
          "null",
          "  {}");

  @Provide
  static Arbitrary<byte[]> bodies() {
    Arbitrary<String> several =
        Arbitraries.of(SEEDS).list().ofMinSize(1).ofMaxSize(5).map(l -> String.join("", l));
    Arbitrary<List<Integer>> edits = Arbitraries.integers().between(0, 1 << 16).list().ofMaxSize(4);
    return Combinators.combine(several, edits)
        .as(
            (text, changes) -> {
              // Each begins an object; in the middle of one it goes on with it.
              byte[] bytes = text.replaceAll(",\\{", ",").getBytes(StandardCharsets.UTF_8);
              for (int change : changes) {
                bytes[(change >> 8) * 7 % bytes.length] = (byte) change;
              }
              return bytes;
            });
  }

  private static Optional<ContainerSpec> decode(byte[] body) {
    try {
      return Optional.of(WireJson.decode(body, ContainerSpec.class));
    } catch (GardenException.Failure e) {
      assertThat(e).message().matches("(?s)EOF|unexpected EOF|invalid request: .*");
      assertThat(e.loggable())
          .matches(
              "EOF|unexpected EOF|invalid request: (malformed JSON|wrong type|[a-z_.0-9\\[\\]]+)");
      return Optional.empty();
    }
  }

  @Property(tries = 2000)
  void bodiesWithSomeBytesChangedAreAValueOrAFailureThatSaysWhy(@ForAll("bodies") byte[] body) {
    decode(body)
        .ifPresent(
            spec ->
                assertThat(WireJson.decode(WireJson.encode(spec), ContainerSpec.class))
                    .isEqualTo(spec));
  }

  @Property(tries = 1000)
  void anyBytesAreAValueOrAFailureThatSaysWhy(@ForAll byte[] body) {
    decode(body);
  }
}
