package io.gardencell.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What is written is read back as the same value. */
class WireRoundTripTest {

  private static final int TRIES = 300;

  private static Arbitrary<String> text() {
    Arbitrary<Integer> codePoint =
        Arbitraries.oneOf(
            Arbitraries.integers().between(0, 0x7f),
            Arbitraries.of(0x80, 0xe9, 0x2028, 0x2029, 0xd7ff, 0xe000, 0xfffd, 0xffff, 0x10000),
            Arbitraries.integers().between(0x1f600, 0x10ffff));
    return codePoint
        .list()
        .ofMaxSize(12)
        .map(
            points -> {
              StringBuilder text = new StringBuilder();
              points.forEach(text::appendCodePoint);
              return text.toString();
            });
  }

  private static Arbitrary<Long> unsigned() {
    return Arbitraries.oneOf(Arbitraries.longs(), Arbitraries.of(0L, 1L, -1L, Long.MIN_VALUE));
  }

  private static Arbitrary<Integer> upTo(int max) {
    return Arbitraries.integers().between(0, max);
  }

  private static Arbitrary<Long> u32() {
    return Arbitraries.longs().between(0, 0xffff_ffffL);
  }

  private static Arbitrary<IpAddress> address() {
    return Arbitraries.oneOf(
            Arbitraries.bytes().array(byte[].class).ofSize(4),
            Arbitraries.of((byte) 0, (byte) 1, (byte) -1).array(byte[].class).ofSize(16))
        .map(IpAddress::ofBytes)
        .injectNull(0.1);
  }

  @Provide
  Arbitrary<NetOutRule> rules() {
    Arbitrary<IpRange> networks = Combinators.combine(address(), address()).as(IpRange::new);
    Arbitrary<PortRange> ports = Combinators.combine(upTo(0xffff), upTo(0xffff)).as(PortRange::new);
    Arbitrary<IcmpControl> icmps =
        Combinators.combine(upTo(255), upTo(255).injectNull(0.3))
            .as(IcmpControl::new)
            .injectNull(0.3);
    return Combinators.combine(
            upTo(255),
            networks.list().ofMaxSize(3),
            ports.list().ofMaxSize(3),
            icmps,
            Arbitraries.of(true, false))
        .as(NetOutRule::new);
  }

  private static Arbitrary<Limits> limits() {
    return Combinators.combine(unsigned().list().ofSize(10), upTo(255))
        .as(
            (n, scope) ->
                new Limits(
                    new BandwidthLimits(n.get(0), n.get(1)),
                    new CpuLimits(n.get(2), n.get(3)),
                    new DiskLimits(n.get(4), n.get(5), n.get(6), n.get(7), scope),
                    new MemoryLimits(n.get(8)),
                    new PidLimits(n.get(9))));
  }

  @Provide
  Arbitrary<ContainerSpec> specs() {
    Arbitrary<List<String>> texts = text().list().ofSize(7);
    Arbitrary<List<BindMount>> mounts =
        Combinators.combine(text(), text(), upTo(255), upTo(255))
            .as(BindMount::new)
            .list()
            .ofMaxSize(2);
    Arbitrary<List<NetIn>> netIn =
        Combinators.combine(u32(), u32()).as(NetIn::new).list().ofMaxSize(2);
    Arbitrary<Map<String, String>> properties = Arbitraries.maps(text(), text()).ofMaxSize(4);
    return Combinators.combine(
            texts,
            Arbitraries.longs().map(Duration::ofNanos),
            mounts,
            properties,
            text().list().ofMaxSize(3),
            limits(),
            rules().list().ofMaxSize(2),
            netIn)
        .as(
            (t, grace, bindMounts, props, env, limits, netOut, in) ->
                new ContainerSpec(
                    t.get(0),
                    grace,
                    t.get(1),
                    new ImageRef(t.get(2), t.get(3), t.get(4)),
                    bindMounts,
                    t.get(5),
                    props,
                    env,
                    !t.get(6).isEmpty(),
                    limits,
                    netOut,
                    in));
  }

  @Provide
  Arbitrary<ProcessPayload> payloads() {
    Arbitrary<TtySpec> tty =
        Combinators.combine(upTo(0xffff), upTo(0xffff))
            .as(WindowSize::new)
            .injectNull(0.3)
            .map(TtySpec::new)
            .injectNull(0.5);
    return Combinators.combine(
            text(),
            text(),
            Arbitraries.longs().injectNull(0.3),
            text().injectNull(0.3),
            Arbitraries.longs().injectNull(0.3),
            text().injectNull(0.3),
            tty,
            Arbitraries.longs().injectNull(0.3))
        .as(ProcessPayload::new);
  }

  @Property(tries = TRIES)
  void containerSpecs(@ForAll("specs") ContainerSpec spec) {
    assertThat(WireJson.decode(WireJson.encode(spec), ContainerSpec.class)).isEqualTo(spec);
  }

  @Property(tries = TRIES)
  void netOutRules(@ForAll("rules") NetOutRule rule) {
    assertThat(WireJson.decode(WireJson.encode(rule), NetOutRule.class)).isEqualTo(rule);
  }

  @Property(tries = TRIES)
  void payloadsOfTheControlStream(@ForAll("payloads") ProcessPayload payload) {
    byte[] wire = WireJson.encode(payload);

    assertThat(WireJson.decode(wire, ProcessPayload.class)).isEqualTo(payload);
    assertThat(new PayloadDecoder().feed(ByteBuffer.wrap(wire))).containsExactly(payload);
  }
}
