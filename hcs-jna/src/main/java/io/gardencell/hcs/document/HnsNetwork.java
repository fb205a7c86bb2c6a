package io.gardencell.hcs.document;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** An HNS network, v1 (hcsshim: internal/hns/hnsnetwork.go). */
public record HnsNetwork(
    @JsonProperty("ID") String id,
    @JsonProperty("Name") String name,
    @JsonProperty("Type") String type,
    @JsonProperty("NetworkAdapterName") String networkAdapterName,
    @JsonProperty("SourceMac") String sourceMac,
    @JsonProperty("Policies") List<HnsPolicy> policies,
    @JsonProperty("MacPools") List<MacPool> macPools,
    @JsonProperty("Subnets") List<Subnet> subnets,
    @JsonProperty("DNSSuffix") String dnsSuffix,
    @JsonProperty("DNSServerList") String dnsServerList,
    @JsonProperty("DNSServerCompartment") long dnsServerCompartment,
    @JsonProperty("ManagementIP") String managementIp,
    @JsonProperty("AutomaticDNS") boolean automaticDns) {

  public HnsNetwork {
    id = SystemDocument.text(id);
    name = SystemDocument.text(name);
    type = SystemDocument.text(type);
    networkAdapterName = SystemDocument.text(networkAdapterName);
    sourceMac = SystemDocument.text(sourceMac);
    policies = SystemDocument.list(policies);
    macPools = SystemDocument.list(macPools);
    subnets = SystemDocument.list(subnets);
    dnsSuffix = SystemDocument.text(dnsSuffix);
    dnsServerList = SystemDocument.text(dnsServerList);
    managementIp = SystemDocument.text(managementIp);
  }

  /** A NAT network as winc-network creates it. */
  public static HnsNetwork nat(String name, List<Subnet> subnets, String dnsSuffix) {
    return new HnsNetwork(
        "", name, "nat", "", "", List.of(), List.of(), subnets, dnsSuffix, "", 0, "", false);
  }

  /** A subnet of a network. */
  public record Subnet(
      @JsonProperty("AddressPrefix") String addressPrefix,
      @JsonProperty("GatewayAddress") String gatewayAddress,
      @JsonProperty("Policies") List<HnsPolicy> policies) {

    public Subnet {
      addressPrefix = SystemDocument.text(addressPrefix);
      gatewayAddress = SystemDocument.text(gatewayAddress);
      policies = SystemDocument.list(policies);
    }
  }

  /** A range of MAC addresses. */
  public record MacPool(
      @JsonProperty("StartMacAddress") String startMacAddress,
      @JsonProperty("EndMacAddress") String endMacAddress) {

    public MacPool {
      startMacAddress = SystemDocument.text(startMacAddress);
      endMacAddress = SystemDocument.text(endMacAddress);
    }
  }
}
