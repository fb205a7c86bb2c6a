package io.gardencell.hcs.document;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An HNS endpoint, v1 (hcsshim: internal/hns/hnsendpoint.go). Members that we do not know are kept,
 * so that an endpoint which is written back loses nothing (spec: winc-network 17.8).
 *
 * @param virtualNetwork id of the network
 * @param sharedContainers ids of the compute systems it is attached to
 * @param state 0 uninitialised, 1 created, 2 attached, 3 attached-sharing, 4 detached, 5 degraded,
 *     6 destroyed
 * @param other members that newer versions of HNS have, by name, as they came
 */
public record HnsEndpoint(
    @JsonProperty("ID") String id,
    @JsonProperty("Name") String name,
    @JsonProperty("VirtualNetwork") String virtualNetwork,
    @JsonProperty("VirtualNetworkName") String virtualNetworkName,
    @JsonProperty("Policies") List<HnsPolicy> policies,
    @JsonProperty("MacAddress") String macAddress,
    @JsonProperty("IPAddress") String ipAddress,
    @JsonProperty("IPv6Address") String ipv6Address,
    @JsonProperty("DNSSuffix") String dnsSuffix,
    @JsonProperty("DNSServerList") String dnsServerList,
    @JsonProperty("DNSDomain") String dnsDomain,
    @JsonProperty("GatewayAddress") String gatewayAddress,
    @JsonProperty("GatewayAddressV6") String gatewayAddressV6,
    @JsonProperty("EnableInternalDNS") boolean enableInternalDns,
    @JsonProperty("DisableICC") boolean disableIcc,
    @JsonProperty("PrefixLength") int prefixLength,
    @JsonProperty("IPv6PrefixLength") int ipv6PrefixLength,
    @JsonProperty("IsRemoteEndpoint") boolean isRemoteEndpoint,
    @JsonProperty("EnableLowMetric") boolean enableLowMetric,
    @JsonProperty("EncapOverhead") int encapOverhead,
    @JsonProperty("SharedContainers") List<String> sharedContainers,
    @JsonProperty("State") int state,
    @JsonAnySetter @JsonAnyGetter Map<String, JsonNode> other) {

  public HnsEndpoint {
    id = SystemDocument.text(id);
    name = SystemDocument.text(name);
    virtualNetwork = SystemDocument.text(virtualNetwork);
    virtualNetworkName = SystemDocument.text(virtualNetworkName);
    policies = SystemDocument.list(policies);
    macAddress = SystemDocument.text(macAddress);
    ipAddress = SystemDocument.text(ipAddress);
    ipv6Address = SystemDocument.text(ipv6Address);
    dnsSuffix = SystemDocument.text(dnsSuffix);
    dnsServerList = SystemDocument.text(dnsServerList);
    dnsDomain = SystemDocument.text(dnsDomain);
    gatewayAddress = SystemDocument.text(gatewayAddress);
    gatewayAddressV6 = SystemDocument.text(gatewayAddressV6);
    sharedContainers = SystemDocument.list(sharedContainers);
    other = other == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(other));
  }

  /** The document that asks HNS for a new endpoint; HNS chooses id and addresses. */
  public static HnsEndpoint request(
      String name, String networkId, List<HnsPolicy> policies, String dnsServerList) {
    return new HnsEndpoint(
        "",
        name,
        networkId,
        "",
        policies,
        "",
        "",
        "",
        "",
        dnsServerList,
        "",
        "",
        "",
        false,
        false,
        0,
        0,
        false,
        false,
        0,
        List.of(),
        0,
        Map.of());
  }

  /** The same endpoint with other policies. */
  public HnsEndpoint withPolicies(List<HnsPolicy> replacing) {
    return new HnsEndpoint(
        id,
        name,
        virtualNetwork,
        virtualNetworkName,
        replacing,
        macAddress,
        ipAddress,
        ipv6Address,
        dnsSuffix,
        dnsServerList,
        dnsDomain,
        gatewayAddress,
        gatewayAddressV6,
        enableInternalDns,
        disableIcc,
        prefixLength,
        ipv6PrefixLength,
        isRemoteEndpoint,
        enableLowMetric,
        encapOverhead,
        sharedContainers,
        state,
        other);
  }

  /** Whether it is attached to this compute system: an exact match but for letter case. */
  public boolean isAttachedTo(String systemId) {
    return sharedContainers.stream().anyMatch(systemId::equalsIgnoreCase);
  }
}
