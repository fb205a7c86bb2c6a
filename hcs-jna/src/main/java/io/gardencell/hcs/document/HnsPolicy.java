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
import org.jspecify.annotations.Nullable;

/**
 * A policy of an endpoint or network, told apart by its {@code Type} (hcsshim:
 * internal/hns/hnspolicy.go). Types that we do not know are carried through unchanged, and so are
 * members that we do not know of those that we do.
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
   * Whether it says what the other one says, whatever HNS has added to one of them: an identity of
   * its own, or members that we do not know.
   */
  boolean says(HnsPolicy other);

  private static Map<String, JsonNode> unknown(@Nullable Map<String, JsonNode> members) {
    if (members == null || members.isEmpty()) {
      return Map.of();
    }
    Map<String, JsonNode> unknown = new LinkedHashMap<>(members);
    unknown.keySet().removeIf("Type"::equalsIgnoreCase);
    return Collections.unmodifiableMap(unknown);
  }

  /**
   * A port mapping of the NAT network.
   *
   * @param protocol {@code TCP} or {@code UDP}
   * @param internalPort port in the container
   * @param externalPort port on the host
   * @param other members that we do not know
   */
  @JsonPropertyOrder("Type")
  record Nat(
      @JsonProperty("Protocol") String protocol,
      @JsonProperty("InternalPort") int internalPort,
      @JsonProperty("ExternalPort") int externalPort,
      @JsonProperty("ExternalPortReserved") boolean externalPortReserved,
      @JsonAnySetter @JsonAnyGetter Map<String, JsonNode> other)
      implements HnsPolicy {

    @JsonCreator
    public Nat {
      protocol = SystemDocument.text(protocol);
      other = unknown(other);
    }

    public Nat(String protocol, int internalPort, int externalPort) {
      this(protocol, internalPort, externalPort, false, Map.of());
    }

    @Override
    public boolean says(HnsPolicy policy) {
      return policy instanceof Nat that
          && protocol.equals(that.protocol)
          && internalPort == that.internalPort
          && externalPort == that.externalPort;
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
   * @param other members that we do not know
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
      @JsonProperty("ServiceName") String serviceName,
      @JsonAnySetter @JsonAnyGetter Map<String, JsonNode> other)
      implements HnsPolicy {

    @JsonCreator
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
      other = unknown(other);
    }

    /** A rule as it is for a container: addresses and ports, empty for any. */
    public Acl(
        int protocol,
        String action,
        String direction,
        String localAddresses,
        String remoteAddresses,
        String localPorts,
        String remotePorts) {
      this(
          "",
          protocol,
          "",
          0,
          action,
          direction,
          localAddresses,
          remoteAddresses,
          localPorts,
          0,
          remotePorts,
          0,
          "",
          0,
          "",
          Map.of());
    }

    @Override
    public boolean says(HnsPolicy policy) {
      return policy instanceof Acl that && bare().equals(that.bare());
    }

    private Acl bare() {
      return new Acl(
          "",
          protocol,
          protocols,
          internalPort,
          action,
          direction,
          localAddresses,
          remoteAddresses,
          localPorts,
          localPort,
          remotePorts,
          remotePort,
          ruleType,
          priority,
          serviceName,
          Map.of());
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
   * @param other members that we do not know
   */
  @JsonPropertyOrder("Type")
  record Qos(
      @JsonInclude(ALWAYS) @JsonProperty("MaximumOutgoingBandwidthInBytes")
          long maximumOutgoingBandwidthInBytes,
      @JsonAnySetter @JsonAnyGetter Map<String, JsonNode> other)
      implements HnsPolicy {

    @JsonCreator
    public Qos {
      other = unknown(other);
    }

    public Qos(long maximumOutgoingBandwidthInBytes) {
      this(maximumOutgoingBandwidthInBytes, Map.of());
    }

    @Override
    public boolean says(HnsPolicy policy) {
      return policy instanceof Qos that
          && maximumOutgoingBandwidthInBytes == that.maximumOutgoingBandwidthInBytes;
    }

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

    @Override
    public boolean says(HnsPolicy policy) {
      return equals(policy);
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
    public boolean equals(@Nullable Object other) {
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
