package io.gardencell.hcs.document;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.ALWAYS;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A policy of an endpoint or network, told apart by its {@code Type} (hcsshim:
 * internal/hns/hnspolicy.go). Types we do not know are carried through unchanged.
 */
@JsonTypeInfo(
    use = JsonTypeInfo.Id.NAME,
    property = "Type",
    include = JsonTypeInfo.As.EXISTING_PROPERTY,
    defaultImpl = HnsPolicy.Other.class,
    visible = true)
@JsonSubTypes({
  @JsonSubTypes.Type(value = HnsPolicy.Nat.class, name = "NAT"),
  @JsonSubTypes.Type(value = HnsPolicy.Acl.class, name = "ACL"),
  @JsonSubTypes.Type(value = HnsPolicy.Qos.class, name = "QOS")
})
public sealed interface HnsPolicy {

  /** The discriminator, for example {@code NAT}; empty if the policy has none. */
  @JsonProperty("Type")
  String type();

  /**
   * A port mapping of the NAT network.
   *
   * @param protocol {@code TCP} or {@code UDP}
   * @param internalPort port in the container
   * @param externalPort port on the host
   */
  @JsonPropertyOrder("Type")
  record Nat(
      @JsonProperty("Protocol") String protocol,
      @JsonProperty("InternalPort") int internalPort,
      @JsonProperty("ExternalPort") int externalPort,
      @JsonProperty("ExternalPortReserved") boolean externalPortReserved)
      implements HnsPolicy {

    public Nat {
      protocol = SystemDocument.text(protocol);
    }

    @Override
    public String type() {
      return "NAT";
    }
  }

  /**
   * A firewall rule of an endpoint. {@code Action} and {@code Direction} are always written.
   *
   * @param protocol IP protocol number: 6 TCP, 17 UDP, 1 ICMP, 256 any; 0 is left out
   * @param action {@code Allow} or {@code Block}
   * @param direction {@code In} or {@code Out}
   * @param remoteAddresses comma-separated addresses or CIDR blocks
   * @param remotePorts comma-separated ports or ranges
   * @param ruleType {@code Host} or {@code Switch}
   */
  @JsonPropertyOrder("Type")
  record Acl(
      @JsonProperty("Id") String id,
      @JsonProperty("Protocol") int protocol,
      @JsonProperty("Protocols") String protocols,
      @JsonProperty("InternalPort") int internalPort,
      @JsonInclude(ALWAYS) @JsonProperty("Action") String action,
      @JsonInclude(ALWAYS) @JsonProperty("Direction") String direction,
      @JsonProperty("LocalAddresses") String localAddresses,
      @JsonProperty("RemoteAddresses") String remoteAddresses,
      @JsonProperty("LocalPorts") String localPorts,
      @JsonProperty("LocalPort") int localPort,
      @JsonProperty("RemotePorts") String remotePorts,
      @JsonProperty("RemotePort") int remotePort,
      @JsonProperty("RuleType") String ruleType,
      @JsonProperty("Priority") int priority,
      @JsonProperty("ServiceName") String serviceName)
      implements HnsPolicy {

    public Acl {
      id = SystemDocument.text(id);
      protocols = SystemDocument.text(protocols);
      action = SystemDocument.text(action);
      direction = SystemDocument.text(direction);
      localAddresses = SystemDocument.text(localAddresses);
      remoteAddresses = SystemDocument.text(remoteAddresses);
      localPorts = SystemDocument.text(localPorts);
      remotePorts = SystemDocument.text(remotePorts);
      ruleType = SystemDocument.text(ruleType);
      serviceName = SystemDocument.text(serviceName);
    }

    @Override
    public String type() {
      return "ACL";
    }
  }

  /**
   * A bandwidth limit.
   *
   * @param maximumOutgoingBandwidthInBytes bytes per second, always written
   */
  @JsonPropertyOrder("Type")
  record Qos(
      @JsonInclude(ALWAYS) @JsonProperty("MaximumOutgoingBandwidthInBytes")
          long maximumOutgoingBandwidthInBytes)
      implements HnsPolicy {

    @Override
    public String type() {
      return "QOS";
    }
  }

  /** A policy of a type we do not use, kept as it came. */
  final class Other implements HnsPolicy {

    private final Map<String, JsonNode> members = new LinkedHashMap<>();

    @JsonCreator
    public Other() {}

    @JsonAnySetter
    void put(String name, JsonNode value) {
      members.put(name, value);
    }

    /** All members, {@code Type} included. */
    @JsonAnyGetter
    public Map<String, JsonNode> members() {
      return Collections.unmodifiableMap(members);
    }

    @Override
    @JsonIgnore
    public String type() {
      JsonNode type = members.get("Type");
      return type == null ? "" : type.asText();
    }

    @Override
    public boolean equals(@org.jspecify.annotations.Nullable Object other) {
      return other instanceof Other that && members.equals(that.members);
    }

    @Override
    public int hashCode() {
      return members.hashCode();
    }

    @Override
    public String toString() {
      return "Other" + members;
    }
  }
}
