package io.gardencell.network;

import com.fasterxml.jackson.databind.JsonNode;
import io.gardencell.api.IpAddress;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostEndpoints;
import io.gardencell.hcs.HostNetworks;
import io.gardencell.hcs.document.EndpointStatistics;
import io.gardencell.hcs.document.HcsJson;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsNetwork;
import io.gardencell.hcs.document.HnsPolicy;
import io.gardencell.network.rule.Ipv4Blocks;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A host that keeps networks, endpoints and attachments in memory, fails the calls it is told to
 * fail and refuses what HNS refuses. Every method is synchronized.
 */
public final class FakeHns implements HostNetworks, HostEndpoints {

  public final Map<String, HnsNetwork> networks = new LinkedHashMap<>();
  public final Map<String, HnsEndpoint> endpoints = new LinkedHashMap<>();
  public final FakeCalls calls = new FakeCalls();
  final FakeAdapters adapters = new FakeAdapters(calls);

  /** Documents of the requests that create or update, in order. */
  final List<String> documents = new ArrayList<>();

  final FakeSystems compute = new FakeSystems(this);

  /** Compute systems that run. */
  public final Set<String> systems = compute.running;

  /** Endpoints that were attached, or updated while attached, without any access list. */
  final List<String> windows = new ArrayList<>();

  boolean isolated = true;

  /** Creations are answered without the document of what was made. */
  boolean silent;

  /** Members of the endpoints made from now on that only newer versions of HNS know. */
  Map<String, JsonNode> newerMembers = Map.of();

  private @Nullable RuntimeException updateFault;
  private @Nullable RuntimeException lostCreation;
  private int nextMac = 0x10;
  private int nextPool = 0x31;

  /** Fails every update of an endpoint. */
  synchronized void failUpdates(RuntimeException with) {
    updateFault = with;
  }

  /** The next endpoint is made, and reported as failed. */
  synchronized void failAfterCreation(RuntimeException with) {
    lostCreation = with;
  }

  public synchronized void heal() {
    calls.heal();
    updateFault = null;
  }

  public Host host() {
    return new Host(
        "fake",
        "in memory",
        0,
        isolated,
        compute,
        none(io.gardencell.hcs.HostProcesses.class),
        none(io.gardencell.hcs.HostVolumes.class),
        this,
        this,
        adapters,
        none(io.gardencell.hcs.ScratchLayers.class),
        none(io.gardencell.hcs.LayerImport.class),
        none(io.gardencell.hcs.LayerFiles.class),
        none(io.gardencell.hcs.HostQuota.class),
        () -> {});
  }

  private static <T> T none(Class<T> port) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (proxy, method, args) -> {
              throw new UnsupportedOperationException("the network does not use " + method);
            }));
  }

  @Override
  public synchronized List<HnsNetwork> networks() {
    calls.called("GET /networks/");
    return List.copyOf(networks.values());
  }

  @Override
  public synchronized HnsNetwork createNetwork(HnsNetwork network) {
    documents.add(HcsJson.write(network));
    calls.called("POST /networks/");
    List<HnsNetwork.Subnet> subnets = new ArrayList<>();
    for (HnsNetwork.Subnet subnet : network.subnets()) {
      subnets.add(
          subnet.addressPrefix().isEmpty()
              ? new HnsNetwork.Subnet("172.17.0.0/20", "172.17.0.1", List.of())
              : subnet);
    }
    for (HnsNetwork other : networks.values()) {
      for (HnsNetwork.Subnet subnet : other.subnets()) {
        if (subnets.stream().anyMatch(s -> overlap(s, subnet))) {
          throw FakeCalls.answers("The object already exists. ");
        }
      }
    }
    String id = UUID.randomUUID().toString();
    String pool = "00-15-5D-%02X-".formatted(nextPool++);
    HnsNetwork made =
        new HnsNetwork(
            id,
            network.name(),
            network.type(),
            "",
            "",
            List.of(),
            List.of(new HnsNetwork.MacPool(pool + "00-00", pool + "FF-FF")),
            subnets,
            network.dnsSuffix(),
            "",
            0,
            "",
            false);
    networks.put(id, made);
    adapters.add(network.name(), 1);
    return silent ? HcsJson.read("{}", HnsNetwork.class) : made;
  }

  private static boolean overlap(HnsNetwork.Subnet one, HnsNetwork.Subnet other) {
    long a = first(one);
    long b = first(other);
    return a <= b ? b < a + size(one) : a < b + size(other);
  }

  private static long first(HnsNetwork.Subnet subnet) {
    return Ipv4Blocks.number(IpAddress.parse(subnet.addressPrefix().split("/")[0]));
  }

  private static long size(HnsNetwork.Subnet subnet) {
    return 1L << (32 - length(subnet));
  }

  private static int length(HnsNetwork.Subnet subnet) {
    return Integer.parseInt(subnet.addressPrefix().split("/")[1]);
  }

  @Override
  public synchronized void deleteNetwork(String id) {
    calls.called("DELETE /networks/");
    HnsNetwork gone = networks.remove(id);
    if (gone == null) {
      throw FakeCalls.answers("Element not found. ");
    }
    adapters.remove(gone.name());
  }

  @Override
  public synchronized List<HnsEndpoint> endpoints() {
    calls.called("GET /endpoints/");
    return List.copyOf(endpoints.values());
  }

  @Override
  public synchronized HnsEndpoint endpoint(String id) {
    calls.called("GET /endpoints/" + id);
    return known(id);
  }

  private HnsEndpoint known(String id) {
    HnsEndpoint endpoint = endpoints.get(id);
    if (endpoint == null) {
      throw FakeCalls.answers("Element not found. ");
    }
    return endpoint;
  }

  @Override
  public synchronized HnsEndpoint createEndpoint(HnsEndpoint e) {
    documents.add(HcsJson.write(e));
    calls.called("POST /endpoints/");
    HnsNetwork network = networks.get(e.virtualNetwork());
    if (network == null) {
      throw FakeCalls.answers("Element not found. ");
    }
    HnsNetwork.Subnet subnet = network.subnets().get(0);
    Set<String> taken =
        endpoints.values().stream().map(HnsEndpoint::ipAddress).collect(Collectors.toSet());
    taken.add(subnet.gatewayAddress());
    long address = first(subnet) + 1;
    while (taken.contains(Ipv4Blocks.text(address))) {
      address++;
    }
    String mac =
        network.macPools().get(0).startMacAddress().substring(0, 12)
            + "%02X-%02X".formatted(nextMac >> 8, nextMac & 0xff);
    nextMac++;
    HnsEndpoint made =
        new HnsEndpoint(
            UUID.randomUUID().toString(),
            e.name(),
            network.id(),
            network.name(),
            e.policies(),
            mac,
            Ipv4Blocks.text(address),
            "",
            network.dnsSuffix(),
            e.dnsServerList(),
            "",
            subnet.gatewayAddress(),
            "",
            false,
            false,
            length(subnet),
            0,
            false,
            false,
            0,
            List.of(),
            1,
            newerMembers);
    endpoints.put(made.id(), made);
    RuntimeException lost = lostCreation;
    if (lost != null) {
      lostCreation = null;
      throw lost;
    }
    return silent ? HcsJson.read("{}", HnsEndpoint.class) : made;
  }

  @Override
  public synchronized HnsEndpoint updateEndpoint(String id, HnsEndpoint endpoint) {
    documents.add(HcsJson.write(endpoint));
    calls.called("POST /endpoints/" + id);
    if (updateFault != null) {
      throw updateFault;
    }
    HnsEndpoint old = known(id);
    Set<HnsPolicy> mapped =
        endpoints.values().stream()
            .filter(other -> !other.id().equals(id))
            .flatMap(other -> other.policies().stream())
            .filter(HnsPolicy.Nat.class::isInstance)
            .collect(Collectors.toSet());
    if (endpoint.policies().stream().anyMatch(mapped::contains)) {
      throw FakeCalls.answers("The specified port already exists. ");
    }
    HnsEndpoint made = old.withPolicies(endpoint.policies());
    endpoints.put(id, made);
    noteWindow(made);
    return made;
  }

  private void noteWindow(HnsEndpoint endpoint) {
    if (!endpoint.sharedContainers().isEmpty()
        && endpoint.policies().stream().noneMatch(p -> p.type().equals("ACL"))) {
      windows.add(endpoint.name());
    }
  }

  /** What HCS does when a system's network is modified. */
  synchronized void modify(String system, String id, boolean add) {
    HnsEndpoint e = known(id);
    HnsEndpoint made = shared(e, add ? List.of(system) : List.of(), add ? 2 : 4);
    endpoints.put(id, made);
    if (add) {
      adapters.add(e.name(), 2);
      noteWindow(made);
    }
  }

  /** Ends a system; its endpoints stay, attached to nothing. */
  public synchronized void endSystem(String system) {
    systems.remove(system);
    endpoints.replaceAll((id, e) -> e.isAttachedTo(system) ? shared(e, List.of(), 4) : e);
  }

  private static HnsEndpoint shared(HnsEndpoint e, List<String> containers, int state) {
    return new HnsEndpoint(
        e.id(),
        e.name(),
        e.virtualNetwork(),
        e.virtualNetworkName(),
        e.policies(),
        e.macAddress(),
        e.ipAddress(),
        e.ipv6Address(),
        e.dnsSuffix(),
        e.dnsServerList(),
        e.dnsDomain(),
        e.gatewayAddress(),
        e.gatewayAddressV6(),
        e.enableInternalDns(),
        e.disableIcc(),
        e.prefixLength(),
        e.ipv6PrefixLength(),
        e.isRemoteEndpoint(),
        e.enableLowMetric(),
        e.encapOverhead(),
        containers,
        state,
        e.other());
  }

  @Override
  public synchronized void deleteEndpoint(String id) {
    calls.called("DELETE /endpoints/");
    adapters.remove(known(id).name());
    endpoints.remove(id);
  }

  @Override
  public synchronized EndpointStatistics statistics(String id) {
    calls.called("GET /endpointstats/");
    known(id);
    return new EndpointStatistics(11, 22, 1, 2, 0, 0, id, "");
  }
}
