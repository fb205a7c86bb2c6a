package io.gardencell.emulator.network;

import com.fasterxml.jackson.databind.JsonNode;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsPolicy;
import java.util.List;
import java.util.Map;

/** An endpoint's document with other values in the members that HNS itself sets or changes. */
final class EndpointChange {

  static final int CREATED = 1;
  private static final int ATTACHED = 2;
  private static final int SHARED = 3;
  private static final int DETACHED = 4;

  private final HnsEndpoint from;
  private String id;
  private String name;
  private String networkName;
  private List<HnsPolicy> policies;
  private String macAddress;
  private String ipAddress;
  private String dnsSuffix;
  private String dnsServerList;
  private String dnsDomain;
  private String gatewayAddress;
  private int prefixLength;
  private List<String> containers;
  private int state;
  private Map<String, JsonNode> others;

  EndpointChange(HnsEndpoint from) {
    this.from = from;
    id = from.id();
    name = from.name().isEmpty() ? "Ethernet" : from.name();
    networkName = from.virtualNetworkName();
    policies = from.policies();
    macAddress = from.macAddress();
    ipAddress = from.ipAddress();
    dnsSuffix = from.dnsSuffix();
    dnsServerList = from.dnsServerList();
    dnsDomain = from.dnsDomain();
    gatewayAddress = from.gatewayAddress();
    prefixLength = from.prefixLength();
    containers = from.sharedContainers();
    state = from.state();
    others = from.other();
  }

  EndpointChange id(String value) {
    id = value;
    return this;
  }

  EndpointChange networkName(String value) {
    networkName = value;
    return this;
  }

  EndpointChange macAddress(String value) {
    macAddress = macAddress.isEmpty() ? value : macAddress;
    return this;
  }

  EndpointChange ipAddress(String value) {
    ipAddress = value;
    return this;
  }

  EndpointChange gatewayAddress(String value) {
    gatewayAddress = value;
    return this;
  }

  EndpointChange prefixLength(int value) {
    prefixLength = value;
    return this;
  }

  EndpointChange attachedTo(List<String> systems, int newState) {
    containers = systems;
    state = newState;
    return this;
  }

  EndpointChange attachedTo(List<String> systems) {
    return attachedTo(
        systems, systems.isEmpty() ? DETACHED : systems.size() == 1 ? ATTACHED : SHARED);
  }

  /**
   * What an update may change. Members that only newer versions know are those of the update: what
   * it leaves out is lost.
   */
  EndpointChange takeFrom(HnsEndpoint other) {
    policies = other.policies();
    others = other.other();
    name = orElse(other.name(), name);
    dnsSuffix = orElse(other.dnsSuffix(), dnsSuffix);
    dnsServerList = orElse(other.dnsServerList(), dnsServerList);
    dnsDomain = orElse(other.dnsDomain(), dnsDomain);
    return this;
  }

  private static String orElse(String value, String other) {
    return value.isEmpty() ? other : value;
  }

  HnsEndpoint document() {
    return new HnsEndpoint(
        id,
        name,
        from.virtualNetwork(),
        networkName,
        policies,
        macAddress,
        ipAddress,
        from.ipv6Address(),
        dnsSuffix,
        dnsServerList,
        dnsDomain,
        gatewayAddress,
        from.gatewayAddressV6(),
        from.enableInternalDns(),
        from.disableIcc(),
        prefixLength,
        from.ipv6PrefixLength(),
        from.isRemoteEndpoint(),
        from.enableLowMetric(),
        from.encapOverhead(),
        containers,
        state,
        others);
  }
}
