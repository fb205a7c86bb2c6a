package io.gardencell.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.api.IpAddress;
import io.gardencell.api.IpRange;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.PortRange;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsPolicy;
import io.gardencell.network.rule.Acls;
import io.gardencell.network.rule.Ipv4Blocks;
import io.gardencell.network.rule.OutboundRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The access lists decide about packets as a direct reading of Garden's rules does. */
class OutboundRulesPropertyTest {

  private static final String IP = "172.30.0.5";
  private static final int RULE_SETS = 3000;
  private static final int PACKETS = 40;

  /** A packet out of the container; protocol is Garden's 1 TCP, 2 UDP, 3 ICMP. */
  private record Packet(int protocol, String address, int port) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void accessListsDecideAsGardensRulesDo(long seed) {
    Random random = new Random(seed);
    int allowed = 0;
    int denied = 0;
    for (int i = 0; i < RULE_SETS; i++) {
      List<NetOutRule> rules = new ArrayList<>();
      for (int r = random.nextInt(4); r > 0; r--) {
        rules.add(rule(random));
      }
      OutboundRules.validate(rules);
      List<HnsPolicy> acls = compiled(rules);
      for (int p = 0; p < PACKETS; p++) {
        Packet packet =
            new Packet(1 + random.nextInt(3), address(random), random.nextInt(65536) & 0xff);
        boolean garden = rules.stream().anyMatch(rule -> gardenAllows(rule, packet));
        assertThat(acls.stream().anyMatch(acl -> hnsAllows((HnsPolicy.Acl) acl, packet)))
            .as("%s under %s as %s", packet, rules, acls)
            .isEqualTo(garden);
        allowed += garden ? 1 : 0;
        denied += garden ? 0 : 1;
      }
    }
    assertThat(allowed).isGreaterThan(RULE_SETS);
    assertThat(denied).isGreaterThan(RULE_SETS);
  }

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

  @Test
  void whatCannotBeEnforcedIsSaid() {
    ConnectedContainer container =
        new ConnectedContainer(
            "h",
            "EP",
            IP,
            List.of(),
            List.of(
                new NetOutRule(
                    3, List.of(), List.of(), new io.gardencell.api.IcmpControl(8, 0), true),
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
    for (int n = random.nextInt(3); n > 0; n--) {
      networks.add(range(random));
    }
    List<PortRange> ports = new ArrayList<>();
    if (protocol == 1 || protocol == 2) {
      for (int n = random.nextInt(3); n > 0; n--) {
        int a = random.nextInt(256);
        ports.add(new PortRange(a, a + random.nextInt(100)));
      }
    }
    return new NetOutRule(protocol, networks, ports, null, false);
  }

  private static IpRange range(Random random) {
    switch (random.nextInt(6)) {
      case 0 -> {
        return new IpRange(IpAddress.parse("fe80::1"), IpAddress.parse("fe80::ff"));
      }
      case 1 -> {
        return new IpRange(IpAddress.parse(address(random)), null);
      }
      case 2 -> {
        return new IpRange(null, IpAddress.parse(address(random)));
      }
      case 3 -> {
        return new IpRange(IpAddress.parse("0.0.0.0"), IpAddress.parse("255.255.255.255"));
      }
      default -> {
        IpAddress a = IpAddress.parse(address(random));
        IpAddress b = IpAddress.parse(address(random));
        return a.compareTo(b) <= 0 ? new IpRange(a, b) : new IpRange(b, a);
      }
    }
  }

  /** Few values, so that packets and ranges meet at their borders. */
  private static String address(Random random) {
    return "10.0." + random.nextInt(2) + "." + random.nextInt(32);
  }

  private static boolean gardenAllows(NetOutRule rule, Packet packet) {
    boolean protocol = rule.protocol() == 0 || rule.protocol() == packet.protocol();
    long address = Ipv4Blocks.number(IpAddress.parse(packet.address()));
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
                          && Ipv4Blocks.number(start) <= address
                          && address <= Ipv4Blocks.number(end);
                    });
    boolean port =
        rule.ports().isEmpty()
            || rule.ports().stream()
                .anyMatch(r -> r.start() <= packet.port() && packet.port() <= r.end());
    return protocol && network && port;
  }

  /**
   * HNS's reading: an absent key is any, a Block pair stands alone, what nothing allows is denied.
   */
  private static boolean hnsAllows(HnsPolicy.Acl acl, Packet packet) {
    int number = packet.protocol() == 1 ? 6 : packet.protocol() == 2 ? 17 : 1;
    if (!acl.action().equals("Allow") || !acl.direction().equals("Out")) {
      return false;
    }
    boolean address = acl.remoteAddresses().isEmpty();
    long packetAddress = Ipv4Blocks.number(IpAddress.parse(packet.address()));
    for (String block : acl.remoteAddresses().split(",")) {
      if (!block.isEmpty()) {
        String[] parts = block.split("/");
        long size = 1L << (32 - Integer.parseInt(parts[1]));
        long base = Ipv4Blocks.number(IpAddress.parse(parts[0]));
        address |= packetAddress >= base && packetAddress < base + size;
      }
    }
    boolean port = acl.remotePorts().isEmpty();
    for (String range : acl.remotePorts().split(",")) {
      if (!range.isEmpty()) {
        String[] ends = range.split("-");
        port |=
            packet.port() >= Integer.parseInt(ends[0])
                && packet.port() <= Integer.parseInt(ends[1]);
      }
    }
    return (acl.protocol() == 256 || acl.protocol() == number) && address && port;
  }
}
