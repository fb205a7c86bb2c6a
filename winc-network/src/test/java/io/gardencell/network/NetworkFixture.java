package io.gardencell.network;

import io.gardencell.api.IpAddress;
import io.gardencell.api.IpRange;
import io.gardencell.api.NetIn;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.PortRange;
import io.gardencell.api.spi.NetworkAddress;
import io.gardencell.api.spi.NetworkRequest;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.document.HcsJson;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A plugin on a {@link FakeHns} with two running containers, {@code h1} and {@code h2}. */
final class NetworkFixture {

  static final String BLOCKS =
      "[{\"Type\":\"ACL\",\"Protocol\":256,\"Action\":\"Block\",\"Direction\":\"Out\"},"
          + "{\"Type\":\"ACL\",\"Protocol\":256,\"Action\":\"Block\",\"Direction\":\"In\"}]";
  static final String EMPTY_POOL = "{\"acquired_ports\":{}}\n";
  static final Patience PATIENCE =
      new Patience(
          Duration.ofSeconds(5),
          Duration.ofMillis(600),
          Duration.ofMillis(600),
          Duration.ofSeconds(30),
          Duration.ofDays(1));

  final Path dir;
  final FakeHns hns = new FakeHns();

  /** The host with which plugins are made; {@link #hns} unless a test wraps it. */
  Host host = hns.host();

  NetworkFixture(Path dir) {
    this.dir = dir;
    hns.systems.add("h1");
    hns.systems.add("h2");
  }

  WincNetwork network() {
    return network(config());
  }

  WincNetwork network(NetworkConfig config) {
    return network(config, PATIENCE);
  }

  WincNetwork network(NetworkConfig config, Patience patience) {
    return new WincNetwork(
        host, config, StepLog.ofProcess(), Clock.systemUTC(), patience, port -> false);
  }

  /** With another time before what could not be put in order is tried again. */
  static Patience retrying(Duration retry) {
    return new Patience(
        PATIENCE.call(),
        PATIENCE.networkReady(),
        PATIENCE.endpointReady(),
        PATIENCE.handle(),
        retry);
  }

  /** As the BOSH job has it, but for the MTU, without DNS servers and with a short patience. */
  NetworkConfig config() {
    return config(List.of(), List.of());
  }

  NetworkConfig config(List<String> dns, List<String> searchDomains) {
    return new NetworkConfig(
        "winc-nat",
        "172.30.0.0/22",
        "172.30.0.1",
        1400,
        dns,
        searchDomains,
        0,
        false,
        false,
        Duration.ofMillis(200),
        40000,
        5000,
        dir,
        null,
        false);
  }

  static NetworkConfig withMtu(NetworkConfig c, int mtu) {
    return new NetworkConfig(
        c.networkName(),
        c.subnetRange(),
        c.gatewayAddress(),
        mtu,
        c.dnsServers(),
        c.searchDomains(),
        c.maximumOutgoingBandwidth(),
        c.allowOutboundByDefault(),
        c.ignoreLogConfig(),
        c.commandTimeout(),
        c.firstPort(),
        c.portCount(),
        c.stateDir(),
        c.sharedPortState(),
        c.attachBeforeRules());
  }

  static NetworkConfig withLimits(NetworkConfig c, long bandwidth, boolean allow, boolean attach) {
    return new NetworkConfig(
        c.networkName(),
        c.subnetRange(),
        c.gatewayAddress(),
        c.mtu(),
        c.dnsServers(),
        c.searchDomains(),
        bandwidth,
        allow,
        c.ignoreLogConfig(),
        c.commandTimeout(),
        c.firstPort(),
        c.portCount(),
        c.stateDir(),
        c.sharedPortState(),
        attach);
  }

  static NetworkConfig withPorts(NetworkConfig c, int count, @Nullable Path shared) {
    return new NetworkConfig(
        c.networkName(),
        c.subnetRange(),
        c.gatewayAddress(),
        c.mtu(),
        c.dnsServers(),
        c.searchDomains(),
        c.maximumOutgoingBandwidth(),
        c.allowOutboundByDefault(),
        c.ignoreLogConfig(),
        c.commandTimeout(),
        c.firstPort(),
        count,
        c.stateDir(),
        shared,
        c.attachBeforeRules());
  }

  static NetworkRequest request(String handle, NetIn... ports) {
    return new NetworkRequest(handle, 1, Map.of(), List.of(), List.of(ports));
  }

  static NetworkRequest request(List<NetOutRule> rules, NetIn... ports) {
    return new NetworkRequest("h1", 1, Map.of(), rules, List.of(ports));
  }

  static NetworkRequest withUrls(String ports) {
    return new NetworkRequest("h1", 1, Map.of("ports", ports), List.of(), List.of());
  }

  static NetOutRule tcp(String start, String end, int port) {
    return rule(1, List.of(range(start, end)), List.of(new PortRange(port, port)));
  }

  static NetOutRule rule(int protocol, List<IpRange> networks, List<PortRange> ports) {
    return new NetOutRule(protocol, networks, ports, null, false);
  }

  static IpRange range(String start, String end) {
    return new IpRange(IpAddress.parse(start), IpAddress.parse(end));
  }

  static NetworkAddress at(String handle) {
    return new NetworkAddress(handle, "", "");
  }

  HnsEndpoint endpoint(String handle) {
    return endpoints().stream().filter(e -> e.name().equals(handle)).findFirst().orElseThrow();
  }

  /** The endpoints there are now, while other threads may be making some. */
  List<HnsEndpoint> endpoints() {
    synchronized (hns) {
      return List.copyOf(hns.endpoints.values());
    }
  }

  String ip(String handle) {
    return endpoint(handle).ipAddress();
  }

  String policies(String handle) {
    return HcsJson.write(endpoint(handle).policies());
  }

  /** Host ports that HNS maps to a handle's endpoints. */
  Set<Integer> mapped(String handle) {
    Set<Integer> ports = new TreeSet<>();
    endpoints().stream()
        .filter(e -> e.name().equals(handle))
        .flatMap(e -> e.policies().stream())
        .filter(HnsPolicy.Nat.class::isInstance)
        .forEach(policy -> ports.add(((HnsPolicy.Nat) policy).externalPort()));
    return ports;
  }

  /** Text of the port state file; empty if there is none. */
  String pool() {
    Path file = dir.resolve("port-state.json");
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  Path containerFile(String handle) {
    return dir.resolve("containers").resolve(handle + ".json");
  }

  /** Calls to HNS since, as method and path. */
  List<String> hnsCalls() {
    return hns.calls.made.stream().filter(call -> call.contains(" /")).toList();
  }
}
