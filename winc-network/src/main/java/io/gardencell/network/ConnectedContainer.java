package io.gardencell.network;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.spi.PortForward;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsPolicy;
import io.gardencell.network.rule.Acls;
import io.gardencell.network.rule.OutboundRules;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a connected container was promised; immutable, kept in a file so that its rules can be
 * changed and applied again after a restart.
 *
 * @param handle container handle
 * @param endpointId id of its HNS endpoint
 * @param ip its address
 * @param ports mapped ports, in the order they were asked for
 * @param rules outbound rules, without those for the DNS servers
 */
record ConnectedContainer(
    @JsonProperty("handle") String handle,
    @JsonProperty("endpoint_id") String endpointId,
    @JsonProperty("ip") String ip,
    @JsonProperty("ports") List<PortForward> ports,
    @JsonProperty("rules") List<NetOutRule> rules) {

  private static final Logger log = LoggerFactory.getLogger(ConnectedContainer.class);

  ConnectedContainer {
    ports = List.copyOf(ports);
    rules = List.copyOf(rules);
  }

  ConnectedContainer withPort(PortForward port) {
    List<PortForward> all = new ArrayList<>(ports);
    all.add(port);
    return new ConnectedContainer(handle, endpointId, ip, all, rules);
  }

  ConnectedContainer withoutPort(PortForward port) {
    return new ConnectedContainer(
        handle, endpointId, ip, ports.stream().filter(p -> !p.equals(port)).toList(), rules);
  }

  ConnectedContainer withoutRules(List<NetOutRule> less) {
    return new ConnectedContainer(
        handle, endpointId, ip, ports, rules.stream().filter(r -> !less.contains(r)).toList());
  }

  /** With more rules; those it has are not repeated. */
  ConnectedContainer withRules(List<NetOutRule> more) {
    Set<NetOutRule> all = new LinkedHashSet<>(rules);
    all.addAll(more);
    return new ConnectedContainer(handle, endpointId, ip, ports, List.copyOf(all));
  }

  /**
   * The whole policy list of its endpoint (spec: 9.4): what is neither access list nor mapping
   * stays, ours replaces the rest. One of ours that is there already is written back as HNS has it.
   *
   * @return the endpoint's document with those policies
   */
  HnsEndpoint applyTo(HnsEndpoint endpoint, List<String> dnsServers) {
    List<HnsPolicy> acls = new ArrayList<>();
    ports.forEach(port -> acls.add(Acls.allowIn(ip, port.containerPort())));
    acls.addAll(OutboundRules.acls(ip, rules, warning -> {}));
    for (String server : dnsServers) {
      acls.add(Acls.allowOut(6, ip, server + "/32", "53-53"));
      acls.add(Acls.allowOut(17, ip, server + "/32", "53-53"));
    }
    List<HnsPolicy> policies = new ArrayList<>();
    for (HnsPolicy policy : endpoint.policies()) {
      if (!policy.type().equals("ACL") && !policy.type().equals("NAT")) {
        policies.add(policy);
      }
    }
    List<HnsPolicy> ours = new ArrayList<>(acls.isEmpty() ? Acls.BLOCK_ALL : acls);
    ports.forEach(port -> ours.add(Acls.nat(port.hostPort(), port.containerPort())));
    ours.forEach(policy -> policies.add(asPresent(policy, endpoint)));
    return endpoint.withPolicies(policies);
  }

  private static HnsPolicy asPresent(HnsPolicy ours, HnsEndpoint endpoint) {
    return endpoint.policies().stream().filter(ours::says).findFirst().orElse(ours);
  }

  /** Logs what of the rules cannot be enforced as it was asked. */
  void warn() {
    for (String warning : warnings()) {
      log.atWarn().addKeyValue("handle", handle).addKeyValue("rule", warning).log("rule reduced");
    }
  }

  /** What of the rules cannot be enforced as it was asked; each once. */
  List<String> warnings() {
    Set<String> warnings = new TreeSet<>();
    OutboundRules.acls(ip, rules, warnings::add);
    return List.copyOf(warnings);
  }
}
