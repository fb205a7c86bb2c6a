package io.gardencell.network;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gardencell.api.GardenException;
import io.gardencell.api.IpAddress;
import io.gardencell.network.rule.Ipv4Blocks;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the network of a cell is to be; the keys of the reference's config file (winc:
 * network/config.go), five of ours ({@code ignore_log_config}, {@code shared_port_state}, {@code
 * attach_before_rules}, {@code first_port}, {@code port_count}), and where our own files lie.
 * Immutable.
 *
 * @param networkName name of the NAT network
 * @param subnetRange IPv4 CIDR of the containers; empty = HNS chooses
 * @param gatewayAddress address of the host in that subnet
 * @param mtu 0 = that of the host's adapter
 * @param dnsServers IPv4 addresses, reachable by every container
 * @param searchDomains DNS suffixes of the network
 * @param maximumOutgoingBandwidth bytes per second of each container, unsigned; 0 = no limit
 * @param allowOutboundByDefault everything is allowed to a container that says nothing at all
 * @param ignoreLogConfig the property {@code log_config}, which Diego gives every container, does
 *     not count as saying something
 * @param commandTimeout how long a command in a container may take
 * @param firstPort first port of the pool
 * @param portCount size of the pool
 * @param stateDir folder of the port pool and of the containers' rules
 * @param sharedPortState the port pool's file instead, when winc-network.exe runs beside us and
 *     uses it too; null = a file of our own
 * @param attachBeforeRules an endpoint is attached, with everything blocked, before its rules are
 *     written; for Windows builds that take no rules for an endpoint that is not attached
 */
public record NetworkConfig(
    String networkName,
    String subnetRange,
    String gatewayAddress,
    int mtu,
    List<String> dnsServers,
    List<String> searchDomains,
    long maximumOutgoingBandwidth,
    boolean allowOutboundByDefault,
    boolean ignoreLogConfig,
    Duration commandTimeout,
    int firstPort,
    int portCount,
    Path stateDir,
    @Nullable Path sharedPortState,
    boolean attachBeforeRules) {

  /** The reference's port pool (winc: network/port_allocator), which no key of its changes. */
  private static final int FIRST_PORT = 40000;

  private static final int PORT_COUNT = 5000;

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .build();

  /**
   * Checks every value (spec: 17.2).
   *
   * @throws GardenException naming the value
   */
  public NetworkConfig {
    require(!networkName.isEmpty(), "network_name is required");
    if (!subnetRange.isEmpty()) {
      subnetRange = subnet(subnetRange);
      // an absent gateway is refused by create, in the words of hcsshim
      require(
          gatewayAddress.isEmpty() || isInside(gatewayAddress, subnetRange),
          "invalid gateway_address: " + gatewayAddress);
    }
    require(mtu == 0 || mtu >= 576 && mtu <= 65535, "invalid mtu: " + mtu);
    dnsServers = dnsServers.stream().map(NetworkConfig::dnsServer).toList();
    searchDomains = List.copyOf(searchDomains);
    require(
        !commandTimeout.isNegative(),
        "invalid wait_timeout_in_seconds: " + commandTimeout.toSeconds());
    if (commandTimeout.isZero()) {
      commandTimeout = Duration.ofSeconds(2);
    }
    require(
        firstPort > 0 && portCount > 0 && firstPort + portCount - 1 <= 65535,
        "invalid port range: " + firstPort + "-" + (firstPort + portCount - 1));
  }

  /** The BOSH job's defaults, with the files below {@code <dataDir>/network}. */
  public static NetworkConfig defaults(Path dataDir) {
    return new NetworkConfig(
        "winc-nat",
        "172.30.0.0/22",
        "172.30.0.1",
        0,
        List.of("172.30.0.1"),
        List.of(),
        0,
        false,
        false,
        Duration.ofSeconds(2),
        FIRST_PORT,
        PORT_COUNT,
        dataDir.resolve("network"),
        null,
        false);
  }

  /** The same with another port pool. */
  public NetworkConfig withPorts(int first, int count) {
    return new NetworkConfig(
        networkName,
        subnetRange,
        gatewayAddress,
        mtu,
        dnsServers,
        searchDomains,
        maximumOutgoingBandwidth,
        allowOutboundByDefault,
        ignoreLogConfig,
        commandTimeout,
        first,
        count,
        stateDir,
        sharedPortState,
        attachBeforeRules);
  }

  /**
   * Reads a config file; unknown keys are ignored, letter case of keys does not matter.
   *
   * @throws GardenException naming what is wrong
   */
  public static NetworkConfig read(String json, Path dataDir) {
    try {
      Document document = MAPPER.readValue(json, Document.class);
      if (document == null) {
        throw GardenException.failure("null (expected: a JSON object)");
      }
      return document.toConfig(dataDir);
    } catch (JsonProcessingException invalid) {
      throw GardenException.failure(invalid.getOriginalMessage(), invalid);
    }
  }

  private static Path path(String text) {
    try {
      Path path = Path.of(text);
      require(path.isAbsolute(), "invalid shared_port_state: " + text);
      return path;
    } catch (InvalidPathException invalid) {
      throw GardenException.failure("invalid shared_port_state: " + text, invalid);
    }
  }

  /** The address prefix's text, with host bits cleared. */
  private static String subnet(String text) {
    int slash = text.indexOf('/');
    try {
      IpAddress base = IpAddress.parse(text.substring(0, Math.max(slash, 0)));
      int length = Integer.parseInt(text.substring(slash + 1));
      if (base.isV4() && length >= 1 && length <= 30) {
        return Ipv4Blocks.text(Ipv4Blocks.number(base) & mask(length)) + "/" + length;
      }
    } catch (IllegalArgumentException notACidr) {
      throw GardenException.failure("invalid subnet_range: " + text, notACidr);
    }
    throw GardenException.failure("invalid subnet_range: " + text);
  }

  private static boolean isInside(String address, String subnet) {
    int slash = subnet.indexOf('/');
    long network = Ipv4Blocks.number(IpAddress.parse(subnet.substring(0, slash)));
    long mask = mask(Integer.parseInt(subnet.substring(slash + 1)));
    try {
      IpAddress ip = IpAddress.parse(address);
      long number = Ipv4Blocks.number(ip);
      long broadcast = network | ~mask & 0xFFFF_FFFFL;
      return ip.isV4() && (number & mask) == network && number != network && number != broadcast;
    } catch (IllegalArgumentException notAnAddress) {
      return false;
    }
  }

  private static long mask(int length) {
    return 0xFFFF_FFFFL << (32 - length) & 0xFFFF_FFFFL;
  }

  /** BOSH lets {@code ip:port} through; HNS wants the address alone. */
  private static String dnsServer(String text) {
    try {
      int colon = text.indexOf(':');
      String host = colon < 0 ? text : text.substring(0, colon);
      if (colon >= 0) {
        int port = Integer.parseInt(text.substring(colon + 1));
        require(port >= 1 && port <= 65535, "invalid dns server: " + text);
      }
      return IpAddress.parse(host).toString();
    } catch (IllegalArgumentException invalid) {
      throw GardenException.failure("invalid dns server: " + text, invalid);
    }
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw GardenException.failure(message);
    }
  }

  private record Document(
      @JsonProperty("network_name") @Nullable String networkName,
      @JsonProperty("subnet_range") @Nullable String subnetRange,
      @JsonProperty("gateway_address") @Nullable String gatewayAddress,
      @JsonProperty("mtu") int mtu,
      @JsonProperty("dns_servers") @Nullable List<String> dnsServers,
      @JsonProperty("search_domains") @Nullable List<String> searchDomains,
      @JsonProperty("maximum_outgoing_bandwidth") long maximumOutgoingBandwidth,
      @JsonProperty("allow_outbound_traffic_by_default") boolean allowOutboundByDefault,
      @JsonProperty("ignore_log_config") boolean ignoreLogConfig,
      @JsonProperty("wait_timeout_in_seconds") long waitTimeout,
      @JsonProperty("shared_port_state") @Nullable String sharedPortState,
      @JsonProperty("attach_before_rules") boolean attachBeforeRules,
      @JsonProperty("first_port") @Nullable Integer firstPort,
      @JsonProperty("port_count") @Nullable Integer portCount) {

    NetworkConfig toConfig(Path dataDir) {
      return new NetworkConfig(
          networkName == null ? "" : networkName,
          subnetRange == null ? "" : subnetRange,
          gatewayAddress == null ? "" : gatewayAddress,
          mtu,
          dnsServers == null ? List.of() : dnsServers,
          searchDomains == null ? List.of() : searchDomains,
          maximumOutgoingBandwidth,
          allowOutboundByDefault,
          ignoreLogConfig,
          Duration.ofSeconds(waitTimeout),
          firstPort == null ? FIRST_PORT : firstPort,
          portCount == null ? PORT_COUNT : portCount,
          dataDir.resolve("network"),
          sharedPortState == null ? null : path(sharedPortState),
          attachBeforeRules);
    }
  }
}
