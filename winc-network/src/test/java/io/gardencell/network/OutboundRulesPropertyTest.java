package io.gardencell.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.gardencell.api.IcmpControl;
import io.gardencell.api.IpAddress;
import io.gardencell.api.IpRange;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.PortRange;
import io.gardencell.api.spi.PortForward;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsPolicy;
import io.gardencell.network.rule.Acls;
import io.gardencell.network.rule.OutboundRules;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * For random rules and packets the access lists decide as a direct reading of Garden's NetOut rules
 * does. Ranges and ports meet at their borders and at those of the address space, packets lie on
 * and beside the borders; what an IPv4 network cannot say (IPv6, ICMPv6) must open nothing.
 */
class OutboundRulesPropertyTest {

  private static final String IP = "172.30.0.5";
  private static final int RULE_SETS = 3000;
  private static final int PACKETS = 40;
  private static final long LAST = 0xFFFF_FFFFL;

  /**
   * Where ranges begin, end and packets go: both ends of the address space, the sign bit, the edges
   * of classes and of private networks.
   */
  private static final long[] EDGES = {
    0,
    1,
    0x7F00_0000L,
    0x7FFF_FFFFL,
    0x8000_0000L,
    0x0A00_0000L,
    0x0AFF_FFFFL,
    0x0B00_0000L,
    0xAC10_0000L,
    0xAC1E_0001L,
    0xC0A8_0000L,
    0xC0A8_FFFFL,
    0xE000_0000L,
    LAST - 1,
    LAST
  };

  private static final int[] PORTS = {
    0, 1, 53, 80, 255, 256, 8080, 8090, 32767, 32768, 65534, 65535
  };

  /** A packet out of the container; protocol is an IP protocol number. */
  private record Packet(int protocol, long address, int port) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void accessListsDecideAsGardensRulesDo(long seed) {
    Random random = new Random(seed);
    int allowed = 0;
    int denied = 0;
    for (int i = 0; i < RULE_SETS; i++) {
      List<NetOutRule> rules = new ArrayList<>();
      for (int r = random.nextInt(6); r > 0; r--) {
        rules.add(rule(random));
      }
      OutboundRules.validate(rules);
      List<HnsPolicy> acls = compiled(rules);
      List<Allowance> allowances =
          acls.stream().flatMap(acl -> Allowance.of((HnsPolicy.Acl) acl)).toList();
      for (int p = 0; p < PACKETS; p++) {
        Packet packet = packet(random, rules);
        boolean garden = rules.stream().anyMatch(rule -> gardenAllows(rule, packet));
        boolean hns = allowances.stream().anyMatch(allowance -> allowance.allows(packet));
        if (hns != garden) { // an assertion of its own for each packet takes seconds
          fail("%s is %s under %s as %s", packet, hns ? "let out" : "kept in", rules, acls);
        }
        allowed += garden ? 1 : 0;
        denied += garden ? 0 : 1;
      }
    }
    assertThat(allowed).isGreaterThan(RULE_SETS);
    assertThat(denied).isGreaterThan(RULE_SETS);
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 5})
  void onlyMappedPortsComeInWhateverMayGoOut(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < RULE_SETS; i++) {
      Set<Integer> open = new TreeSet<>();
      List<PortForward> ports = new ArrayList<>();
      for (int n = random.nextInt(3); n > 0; n--) {
        int port = Math.max(1, PORTS[random.nextInt(PORTS.length)]);
        open.add(port);
        ports.add(new PortForward(40000 + ports.size(), port));
      }
      List<HnsPolicy> policies =
          new ConnectedContainer("h", "EP", IP, ports, List.of(rule(random), rule(random)))
              .applyTo(HnsEndpoint.request("h", "NET", List.of(), ""), List.of("10.0.0.1"))
              .policies();
      for (int port : PORTS) {
        assertThat(
                policies.stream()
                    .filter(HnsPolicy.Acl.class::isInstance)
                    .map(HnsPolicy.Acl.class::cast)
                    .filter(a -> a.direction().equals("In") && a.action().equals("Allow"))
                    .anyMatch(
                        a ->
                            a.protocol() == 6
                                && a.localAddresses().equals(IP)
                                && a.localPorts().equals(Integer.toString(port))))
            .as("port %d with %s", port, ports)
            .isEqualTo(open.contains(port));
      }
    }
  }

  // winc-network.md §22 cases 53 and 54
  @Test
  void aRuleForIpv6AloneOpensNothing() {
    IpRange v6 = new IpRange(IpAddress.parse("::1"), IpAddress.parse("::2"));
    IpRange v4 = new IpRange(IpAddress.parse("8.8.8.8"), null);

    assertThat(compiled(List.of(new NetOutRule(0, List.of(v6), List.of(), null, false))))
        .isEqualTo(Acls.BLOCK_ALL);
    assertThat(compiled(List.of(new NetOutRule(4, List.of(), List.of(), null, false))))
        .isEqualTo(Acls.BLOCK_ALL);
    assertThat(compiled(List.of(new NetOutRule(1, List.of(v6, v4), List.of(), null, false))))
        .containsExactly(Acls.allowOut(6, IP, "8.8.8.8/32", ""));
  }

  // winc-network.md §22 cases 36, 53 and 54: the warnings
  @Test
  void whatCannotBeEnforcedIsSaid() {
    ConnectedContainer container =
        new ConnectedContainer(
            "h",
            "EP",
            IP,
            List.of(),
            List.of(
                new NetOutRule(3, List.of(), List.of(), new IcmpControl(8, 0), true),
                new NetOutRule(4, List.of(), List.of(), null, false)));

    assertThat(container.warnings())
        .containsExactly(
            "ICMP type and code cannot be enforced: the rule is for all ICMP",
            "ICMPv6 rule dropped: the network is IPv4 only",
            "logging of a rule has no effect");
  }

  private static List<HnsPolicy> compiled(List<NetOutRule> rules) {
    return new ConnectedContainer("h", "EP", IP, List.of(), rules)
        .applyTo(HnsEndpoint.request("h", "NET", List.of(), ""), List.of())
        .policies();
  }

  private static NetOutRule rule(Random random) {
    int protocol = random.nextInt(5);
    List<IpRange> networks = new ArrayList<>();
    for (int n = random.nextInt(4); n > 0; n--) {
      networks.add(range(random));
    }
    List<PortRange> ports = new ArrayList<>();
    if (protocol == 1 || protocol == 2) {
      for (int n = random.nextInt(3); n > 0; n--) {
        int a = port(random);
        int b = random.nextBoolean() ? a : port(random);
        ports.add(new PortRange(Math.min(a, b), Math.max(a, b)));
      }
    }
    IcmpControl icmp = protocol == 3 && random.nextBoolean() ? new IcmpControl(8, 0) : null;
    return new NetOutRule(protocol, networks, ports, icmp, random.nextBoolean());
  }

  private static IpRange range(Random random) {
    switch (random.nextInt(8)) {
      case 0 -> {
        return new IpRange(IpAddress.parse("::"), IpAddress.parse("ffff::ffff"));
      }
      case 1 -> {
        return new IpRange(ip(number(random)), null);
      }
      case 2 -> {
        return new IpRange(null, ip(number(random)));
      }
      case 3 -> {
        return new IpRange(ip(0), ip(LAST));
      }
      default -> {
        long a = number(random);
        long b = random.nextInt(3) == 0 ? Math.min(LAST, a + random.nextInt(600)) : number(random);
        return new IpRange(ip(Math.min(a, b)), ip(Math.max(a, b)));
      }
    }
  }

  /** An edge or beside one, mostly; few values, so that packets and ranges meet. */
  private static long number(Random random) {
    if (random.nextInt(4) == 0) {
      return random.nextLong() & LAST;
    }
    long edge = EDGES[random.nextInt(EDGES.length)] + random.nextInt(5) - 2;
    return Math.max(0, Math.min(LAST, edge));
  }

  private static int port(Random random) {
    return random.nextInt(3) == 0 ? random.nextInt(65536) : PORTS[random.nextInt(PORTS.length)];
  }

  private static IpAddress ip(long number) {
    ByteBuffer bytes = ByteBuffer.allocate(4).putInt((int) number);
    return IpAddress.parse(
        IntStream.range(0, 4)
            .mapToObj(i -> Integer.toString(bytes.get(i) & 0xff))
            .collect(Collectors.joining(".")));
  }

  /** An IPv4 address as a number; not by the code that is tried here. */
  private static long number(IpAddress address) {
    return new BigInteger(1, address.bytes()).longValueExact();
  }

  /** TCP, UDP, ICMP or another protocol (GRE); half of them at a border of a rule, or beside it. */
  private static Packet packet(Random random, List<NetOutRule> rules) {
    int protocol = new int[] {6, 6, 17, 17, 1, 47}[random.nextInt(6)];
    long address = number(random);
    int port = port(random);
    if (!rules.isEmpty() && random.nextBoolean()) {
      NetOutRule near = rules.get(random.nextInt(rules.size()));
      if (!near.networks().isEmpty()) {
        IpRange range = near.networks().get(random.nextInt(near.networks().size()));
        IpAddress border = random.nextBoolean() ? range.start() : range.end();
        if (border != null && border.isV4()) {
          long beside = number(border) + random.nextInt(3) - 1;
          address = Math.max(0, Math.min(LAST, beside));
        }
      }
      if (!near.ports().isEmpty()) {
        PortRange ports = near.ports().get(random.nextInt(near.ports().size()));
        int beside = (random.nextBoolean() ? ports.start() : ports.end()) + random.nextInt(3) - 1;
        port = Math.max(0, Math.min(65535, beside));
      }
    }
    return new Packet(protocol, address, port);
  }

  /** Garden's own reading (garden: net_out_rule.go), of an IPv4 packet. */
  private static boolean gardenAllows(NetOutRule rule, Packet packet) {
    boolean protocol =
        switch (rule.protocol()) {
          case 0 -> true;
          case 1 -> packet.protocol() == 6;
          case 2 -> packet.protocol() == 17;
          case 3 -> packet.protocol() == 1;
          default -> false;
        };
    boolean network =
        rule.networks().isEmpty()
            || rule.networks().stream()
                .anyMatch(
                    range -> {
                      IpAddress start = range.start() == null ? range.end() : range.start();
                      IpAddress end = range.end() == null ? range.start() : range.end();
                      return start != null
                          && end != null
                          && start.isV4()
                          && number(start) <= packet.address()
                          && packet.address() <= number(end);
                    });
    boolean port =
        rule.ports().isEmpty()
            || rule.ports().stream()
                .anyMatch(r -> r.start() <= packet.port() && packet.port() <= r.end());
    return protocol && network && port;
  }

  /** Addresses or ports, both ends included. */
  private record Span(long first, long last) {

    boolean has(long number) {
      return first <= number && number <= last;
    }
  }

  /**
   * HNS's reading of an access list that allows something to go out: an absent key is any, a Block
   * pair stands alone, what nothing allows is denied.
   */
  private record Allowance(int protocol, List<Span> addresses, List<Span> ports) {

    static Stream<Allowance> of(HnsPolicy.Acl acl) {
      if (!acl.action().equals("Allow") || !acl.direction().equals("Out")) {
        return Stream.empty();
      }
      List<Span> addresses = elements(acl.remoteAddresses()).map(Allowance::block).toList();
      List<Span> ports = elements(acl.remotePorts()).map(Allowance::range).toList();
      return Stream.of(new Allowance(acl.protocol(), addresses, ports));
    }

    private static Stream<String> elements(String list) {
      return Stream.of(list.split(",")).filter(element -> !element.isEmpty());
    }

    private static Span block(String block) {
      String[] parts = block.split("/");
      long size = 1L << (32 - Integer.parseInt(parts[1]));
      long base = number(IpAddress.parse(parts[0]));
      assertThat(base % size).as("HNS takes %s", block).isZero();
      return new Span(base, base + size - 1);
    }

    private static Span range(String range) {
      String[] ends = range.split("-");
      return new Span(Integer.parseInt(ends[0]), Integer.parseInt(ends[1]));
    }

    boolean allows(Packet packet) {
      return (protocol == 256 || protocol == packet.protocol())
          && (addresses.isEmpty() || addresses.stream().anyMatch(a -> a.has(packet.address())))
          && (ports.isEmpty() || ports.stream().anyMatch(r -> r.has(packet.port())));
    }
  }
}
