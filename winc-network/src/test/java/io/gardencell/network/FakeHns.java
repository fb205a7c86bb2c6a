package io.gardencell.network;

import com.fasterxml.jackson.databind.JsonNode;
import io.gardencell.api.IpAddress;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostEndpoints;
import io.gardencell.hcs.HostInterface;
import io.gardencell.hcs.HostInterfaces;
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
 * A host that keeps networks, endpoints, attachments and MTUs in memory, fails the calls it is told
 * to fail and refuses what HNS refuses, in the words and with the codes of the real host's binding.
 * Every method is synchronized.
 */
final class FakeHns implements HostNetworks, HostEndpoints, HostInterfaces {

  final Map<String, HnsNetwork> networks = new LinkedHashMap<>();
  final Map<String, HnsEndpoint> endpoints = new LinkedHashMap<>();
  final Map<String, Long> mtus = new LinkedHashMap<>();
  final List<String> calls = new ArrayList<>();

  /** Documents of the requests that create or update, in order. */
  final List<String> documents = new ArrayList<>();

  final FakeSystems compute = new FakeSystems(this);

  /** Compute systems that run. */
  final Set<String> systems = compute.running;

  /** Endpoints that were attached, or updated while attached, without any access list. */
  final List<String> windows = new ArrayList<>();

  boolean isolated = true;
  boolean noAdapters;

  /** Creations are answered without the document of what was made. */
  boolean silent;

  /** Members of the endpoints made from now on that only newer versions of HNS know. */
  Map<String, JsonNode> newerMembers = Map.of();

  /** How many times more the virtual adapters are not seen. */
  int looksInVain;

  private final Map<String, RuntimeException> faults = new LinkedHashMap<>();
  private @Nullable RuntimeException updateFault;
  private @Nullable RuntimeException lostCreation;
  private int faultsLeft = Integer.MAX_VALUE;
  private int nextMac = 0x10;
  private int nextPool = 0x31;

  /** Fails every call with a prefix; one that ends with {@code $} is the whole call. */
  synchronized void fail(String call, RuntimeException with) {
    faults.put(call, with);
  }

  /** Fails every update of an endpoint. */
  synchronized void failUpdates(RuntimeException with) {
    updateFault = with;
  }

  /** The next endpoint is made, and reported as failed. */
  synchronized void failAfterCreation(RuntimeException with) {
    lostCreation = with;
  }

  synchronized void heal() {
    faults.clear();
    updateFault = null;
    faultsLeft = Integer.MAX_VALUE;
  }

  /** The faults go after so many of them. */
  synchronized void healAfter(int times) {
    faultsLeft = times;
  }

  /** The calls until now, while other threads may be making some. */
  synchronized List<String> callsSoFar() {
    return List.copyOf(calls);
  }

  synchronized void called(String call) {
    calls.add(call);
    for (Map.Entry<String, RuntimeException> fault : faults.entrySet()) {
      if ((call + "$").startsWith(fault.getKey())) {
        if (faultsLeft-- == 0) {
          faults.clear();
          return;
        }
        throw fault.getValue();
      }
    }
  }

  /** HNS's answer {@code Success: false} as the binding throws it. */
  static HcsException answers(String error) {
    int code =
        error.toLowerCase(java.util.Locale.ROOT).contains("not found")
            ? HcsErrors.NOT_FOUND
            : HcsErrors.INVALID_PARAMETER;
    return new HcsException("HNSCall", "", code, "hns failed with error : " + error, List.of());
  }

  /** A failed HRESULT of HNSCall as the binding throws it. */
  static HcsException fails(int hresult) {
    int code = HcsErrors.codeOf(hresult);
    String text = "failed during hnsCallRawResponse: hnsCall failed in Win32: %s (0x%x)";
    return new HcsException(
        "HNSCall", "", code, text.formatted(HcsErrors.text(code), code), List.of());
  }

  Host host() {
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
        this,
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
    called("GET /networks/");
    return List.copyOf(networks.values());
  }

  @Override
  public synchronized HnsNetwork createNetwork(HnsNetwork network) {
    documents.add(HcsJson.write(network));
    called("POST /networks/");
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
          throw answers("The object already exists. ");
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
    mtus.put(adapter(network.name()), 1500L);
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
    called("DELETE /networks/");
    HnsNetwork gone = networks.remove(id);
    if (gone == null) {
      throw answers("Element not found. ");
    }
    mtus.remove(adapter(gone.name()));
  }

  @Override
  public synchronized List<HnsEndpoint> endpoints() {
    called("GET /endpoints/");
    return List.copyOf(endpoints.values());
  }

  @Override
  public synchronized HnsEndpoint endpoint(String id) {
    called("GET /endpoints/" + id);
    return known(id);
  }

  private HnsEndpoint known(String id) {
    HnsEndpoint endpoint = endpoints.get(id);
    if (endpoint == null) {
      throw answers("Element not found. ");
    }
    return endpoint;
  }

  @Override
  public synchronized HnsEndpoint createEndpoint(HnsEndpoint e) {
    documents.add(HcsJson.write(e));
    called("POST /endpoints/");
    HnsNetwork network = networks.get(e.virtualNetwork());
    if (network == null) {
      throw answers("Element not found. ");
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
    called("POST /endpoints/" + id);
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
      throw answers("The specified port already exists. ");
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
      mtus.put(adapter(e.name()), 1500L);
      noteWindow(made);
    }
  }

  /** Ends a system; its endpoints stay, attached to nothing. */
  synchronized void endSystem(String system) {
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
    called("DELETE /endpoints/");
    mtus.remove(adapter(known(id).name()));
    endpoints.remove(id);
  }

  @Override
  public synchronized EndpointStatistics statistics(String id) {
    called("GET /endpointstats/");
    known(id);
    return new EndpointStatistics(11, 22, 1, 2, 0, 0, id, "");
  }

  private static String adapter(String name) {
    return "vEthernet (" + name + ")";
  }

  @Override
  public synchronized List<HostInterface> interfaces() {
    called("GetAdaptersAddresses");
    List<HostInterface> all = new ArrayList<>();
    if (looksInVain > 0) {
      looksInVain--;
    } else if (!noAdapters) {
      Set<String> hosts =
          networks.values().stream().map(n -> adapter(n.name())).collect(Collectors.toSet());
      for (String name : mtus.keySet()) {
        int compartment = hosts.contains(name) ? 1 : 2;
        all.add(
            new HostInterface(
                name, all.size() + 1, all.size() + 1, compartment, true, 15, List.of()));
      }
    }
    return all;
  }

  @Override
  public synchronized long mtu(HostInterface adapter) {
    called("GetIpInterfaceEntry");
    return mtus.getOrDefault(adapter.name(), 0L);
  }

  @Override
  public synchronized void setMtu(HostInterface adapter, long mtu) {
    called("SetIpInterfaceEntry");
    mtus.put(adapter.name(), mtu);
  }
}
