package io.gardencell.network.rule;

import io.gardencell.api.GardenException;
import io.gardencell.api.IpAddress;
import io.gardencell.api.IpRange;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.PortRange;
import io.gardencell.hcs.document.HnsPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Garden's NetOut rules as HNS access lists (spec: winc-network 9.2, 17.2). What cannot be said in
 * HNS is refused or reduced; it never becomes more than the rule said. Any thread.
 */
public final class OutboundRules {

  private static final int HNS_ANY = 256;
  private static final int HNS_TCP = 6;
  private static final int HNS_UDP = 17;
  private static final int HNS_ICMP = 1;

  private OutboundRules() {}

  /**
   * Checks the rules.
   *
   * @throws GardenException naming the first value that is wrong
   */
  public static void validate(List<NetOutRule> rules) {
    for (NetOutRule rule : rules) {
      if (rule.protocol() < 0 || rule.protocol() > 4) {
        throw GardenException.failure("invalid protocol: " + rule.protocol());
      }
      rule.networks().forEach(OutboundRules::bounds);
      if (!rule.ports().isEmpty() && rule.protocol() != 1 && rule.protocol() != 2) {
        String name =
            switch (rule.protocol()) {
              case 0 -> "ALL";
              case 3 -> "ICMP";
              default -> "ICMPV6";
            };
        throw GardenException.failure("Ports cannot be specified for Protocol " + name);
      }
      for (PortRange ports : rule.ports()) {
        if (ports.start() < 0 || ports.end() > 65535 || ports.start() > ports.end()) {
          throw GardenException.failure("invalid port range: " + ports.start() + "-" + ports.end());
        }
      }
    }
  }

  /**
   * The access lists of valid rules for a container address, in order; rules that reach no IPv4
   * address give none.
   *
   * @param warnings told what could not be enforced as it was asked
   */
  public static List<HnsPolicy> acls(
      String containerIp, List<NetOutRule> rules, Consumer<String> warnings) {
    List<HnsPolicy> acls = new ArrayList<>();
    for (NetOutRule rule : rules) {
      acl(containerIp, rule, warnings).filter(a -> !acls.contains(a)).ifPresent(acls::add);
    }
    return acls;
  }

  private static Optional<HnsPolicy> acl(
      String containerIp, NetOutRule rule, Consumer<String> warnings) {
    if (rule.protocol() == 4) {
      warnings.accept("ICMPv6 rule dropped: the network is IPv4 only");
      return Optional.empty();
    }
    if (rule.icmps() != null) {
      warnings.accept("ICMP type and code cannot be enforced: the rule is for all ICMP");
    }
    if (rule.log()) {
      warnings.accept("logging of a rule has no effect");
    }
    List<String> blocks = new ArrayList<>();
    for (IpRange range : rule.networks()) {
      Bounds bounds = bounds(range);
      if (bounds.start().isV4()) {
        blocks.addAll(Ipv4Blocks.of(bounds.start(), bounds.end()));
      } else {
        warnings.accept("IPv6 range dropped: the network is IPv4 only");
      }
    }
    if (!rule.networks().isEmpty() && blocks.isEmpty()) {
      return Optional.empty();
    }
    String addresses = blocks.contains(Ipv4Blocks.EVERYTHING) ? "" : String.join(",", blocks);
    String ports =
        String.join(
            ",", rule.ports().stream().map(port -> port.start() + "-" + port.end()).toList());
    int protocol =
        switch (rule.protocol()) {
          case 1 -> HNS_TCP;
          case 2 -> HNS_UDP;
          case 3 -> HNS_ICMP;
          default -> HNS_ANY;
        };
    return Optional.of(Acls.allowOut(protocol, containerIp, addresses, ports));
  }

  private static Bounds bounds(IpRange range) {
    IpAddress start = range.start() == null ? range.end() : range.start();
    IpAddress end = range.end() == null ? range.start() : range.end();
    if (start == null || end == null || start.isV4() != end.isV4() || start.compareTo(end) > 0) {
      throw GardenException.failure(
          "invalid address range: " + text(range.start()) + "-" + text(range.end()));
    }
    return new Bounds(start, end);
  }

  private static String text(@org.jspecify.annotations.Nullable IpAddress address) {
    return address == null ? "" : address.toString();
  }

  private record Bounds(IpAddress start, IpAddress end) {}
}
