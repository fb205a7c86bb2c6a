package io.gardencell.emulator;

import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.HostEndpoints;
import io.gardencell.hcs.HostInterface;
import io.gardencell.hcs.HostInterfaces;
import io.gardencell.hcs.HostNetworks;
import io.gardencell.hcs.document.EndpointStatistics;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsNetwork;
import io.gardencell.hcs.document.HnsPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;

/** Networks and endpoints as documents in files. Any thread. */
final class EmulatedHns implements HostNetworks, HostEndpoints, HostInterfaces {

  private static final String FUNCTION = "HNSCall";
  private static final int PORT_EXISTS = 0x803B0013;
  private static final long MTU = 1500;

  private final StateDirectory state;
  private final Path networks;
  private final Path endpoints;

  /** MTU of an adapter. */
  record Mtu(long mtu) {}

  EmulatedHns(StateDirectory state) {
    this.state = state;
    this.networks = state.root().resolve("hns/networks");
    this.endpoints = state.root().resolve("hns/endpoints");
  }

  private static HcsException failure(String path, int code, String error) {
    return new HcsException(FUNCTION, path, code, "hns failed with error : " + error, List.of());
  }

  private static Path file(Path directory, String id) {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("id: '' (expected: the id of a network or endpoint)");
    }
    if (!id.matches("[0-9A-Za-z-]+")) {
      throw failure(id, HcsErrors.NOT_FOUND, "Element not found. ");
    }
    return directory.resolve(id.toLowerCase(Locale.ROOT) + ".json");
  }

  @Override
  public List<HnsNetwork> networks() {
    return state.readAll(networks, HnsNetwork.class);
  }

  @Override
  public HnsNetwork createNetwork(HnsNetwork n) {
    for (HnsNetwork.Subnet subnet : n.subnets()) {
      if (!subnet.addressPrefix().isEmpty() && subnet.gatewayAddress().isEmpty()) {
        throw new IllegalArgumentException(
            "network create error, subnet has address prefix but no gateway specified");
      }
    }
    return state.locked(
        () -> {
          List<HnsNetwork> all = networks();
          List<HnsNetwork.Subnet> subnets = new ArrayList<>();
          for (HnsNetwork.Subnet s : n.subnets()) {
            subnets.add(s.addressPrefix().isEmpty() ? freeSubnet(all) : checked(s, all));
          }
          String id = UUID.randomUUID().toString().toUpperCase(Locale.ROOT);
          HnsNetwork made =
              new HnsNetwork(
                  id,
                  n.name(),
                  n.type().isEmpty() ? "nat" : n.type(),
                  n.networkAdapterName(),
                  n.sourceMac(),
                  n.policies(),
                  n.macPools().isEmpty()
                      ? List.of(new HnsNetwork.MacPool("00-15-5D-8A-00-00", "00-15-5D-8A-FF-FF"))
                      : n.macPools(),
                  subnets,
                  n.dnsSuffix(),
                  n.dnsServerList(),
                  n.dnsServerCompartment(),
                  n.managementIp(),
                  n.automaticDns());
          state.write(file(networks, id), made);
          return made;
        });
  }

  private static HnsNetwork.Subnet checked(HnsNetwork.Subnet s, List<HnsNetwork> all) {
    Subnet4 wanted;
    try {
      wanted = Subnet4.parse(s.addressPrefix());
      if (s.gatewayAddress().isEmpty() || !wanted.contains(Subnet4.address(s.gatewayAddress()))) {
        throw new IllegalArgumentException("gateway: '" + s.gatewayAddress() + "'");
      }
    } catch (IllegalArgumentException e) {
      throw failure("/networks/", HcsErrors.INVALID_PARAMETER, "The parameter is incorrect. ");
    }
    for (HnsNetwork other : all) {
      for (HnsNetwork.Subnet o : other.subnets()) {
        if (Subnet4.parse(o.addressPrefix()).overlaps(wanted)) {
          throw failure("/networks/", HcsErrors.ALREADY_EXISTS, "The object already exists. ");
        }
      }
    }
    return s;
  }

  private static HnsNetwork.Subnet freeSubnet(List<HnsNetwork> all) {
    for (int i = 16; i < 32; i++) {
      HnsNetwork.Subnet s =
          new HnsNetwork.Subnet("172." + i + ".0.0/20", "172." + i + ".0.1", List.of());
      Subnet4 wanted = Subnet4.parse(s.addressPrefix());
      if (all.stream()
          .flatMap(n -> n.subnets().stream())
          .noneMatch(o -> Subnet4.parse(o.addressPrefix()).overlaps(wanted))) {
        return s;
      }
    }
    throw failure("/networks/", HcsErrors.NOT_FOUND, "Element not found. ");
  }

  @Override
  public void deleteNetwork(String id) {
    state.locked(
        () -> {
          delete(networks, id, "/networks/");
          for (HnsEndpoint e : endpoints()) {
            if (e.virtualNetwork().equalsIgnoreCase(id)) {
              delete(endpoints, e.id(), "/endpoints/");
            }
          }
          return null;
        });
  }

  private static void delete(Path directory, String id, String path) {
    try {
      if (!Files.deleteIfExists(file(directory, id))) {
        throw failure(path + id, HcsErrors.NOT_FOUND, "Element not found. ");
      }
    } catch (IOException e) {
      throw Failures.of(FUNCTION, path + id, e);
    }
  }

  @Override
  public List<HnsEndpoint> endpoints() {
    return state.readAll(endpoints, HnsEndpoint.class);
  }

  @Override
  public HnsEndpoint endpoint(String id) {
    return state
        .read(file(endpoints, id), HnsEndpoint.class)
        .orElseThrow(() -> failure("/endpoints/" + id, HcsErrors.NOT_FOUND, "Element not found. "));
  }

  @Override
  public HnsEndpoint createEndpoint(HnsEndpoint e) {
    return state.locked(
        () -> {
          HnsNetwork network =
              networks().stream()
                  .filter(n -> n.id().equalsIgnoreCase(e.virtualNetwork()))
                  .findFirst()
                  .orElseThrow(
                      () -> failure("/endpoints/", HcsErrors.NOT_FOUND, "Element not found. "));
          List<HnsEndpoint> all = endpoints();
          checkPorts("", e, all);
          if (network.subnets().isEmpty()) {
            throw failure("/endpoints/", HcsErrors.NOT_FOUND, "Element not found. ");
          }
          HnsNetwork.Subnet subnet = network.subnets().get(0);
          Subnet4 range = Subnet4.parse(subnet.addressPrefix());
          Set<Long> taken = new HashSet<>();
          taken.add(Subnet4.address(subnet.gatewayAddress()));
          all.stream()
              .filter(o -> o.virtualNetwork().equalsIgnoreCase(network.id()))
              .forEach(o -> taken.add(Subnet4.address(o.ipAddress())));
          long address = address(e, range, taken);
          String id = UUID.randomUUID().toString();
          long host = address - range.first();
          HnsEndpoint made =
              document(
                  e,
                  id,
                  network.name(),
                  String.format("00-15-5D-8A-%02X-%02X", host >> 8 & 0xff, host & 0xff),
                  Subnet4.text(address),
                  subnet.gatewayAddress(),
                  range.length(),
                  List.of(),
                  1);
          state.write(file(endpoints, id), made);
          return made;
        });
  }

  private static long address(HnsEndpoint e, Subnet4 range, Set<Long> taken) {
    if (!e.ipAddress().isEmpty()) {
      long wanted = Subnet4.address(e.ipAddress());
      if (!range.contains(wanted) || taken.contains(wanted)) {
        throw failure("/endpoints/", HcsErrors.INVALID_PARAMETER, "The parameter is incorrect. ");
      }
      return wanted;
    }
    for (long a = range.first() + 1; a < range.last(); a++) {
      if (!taken.contains(a)) {
        return a;
      }
    }
    throw failure("/endpoints/", HcsErrors.NOT_FOUND, "The network has no free address. ");
  }

  private static void checkPorts(String id, HnsEndpoint e, List<HnsEndpoint> all) {
    Set<String> taken = new HashSet<>();
    for (HnsEndpoint other : all) {
      if (!other.id().equalsIgnoreCase(id)) {
        taken.addAll(ports(other));
      }
    }
    for (String port : ports(e)) {
      if (!taken.add(port)) {
        throw failure("/endpoints/", PORT_EXISTS, "The specified port already exists. ");
      }
    }
  }

  private static List<String> ports(HnsEndpoint e) {
    return e.policies().stream()
        .filter(HnsPolicy.Nat.class::isInstance)
        .map(HnsPolicy.Nat.class::cast)
        .map(n -> n.protocol().toUpperCase(Locale.ROOT) + "/" + n.externalPort())
        .toList();
  }

  private static HnsEndpoint document(
      HnsEndpoint e,
      String id,
      String networkName,
      String mac,
      String address,
      String gateway,
      int prefix,
      List<String> containers,
      int newState) {
    return new HnsEndpoint(
        id,
        e.name(),
        e.virtualNetwork(),
        networkName,
        e.policies(),
        mac,
        address,
        e.ipv6Address(),
        e.dnsSuffix(),
        e.dnsServerList(),
        e.dnsDomain(),
        gateway,
        e.gatewayAddressV6(),
        e.enableInternalDns(),
        e.disableIcc(),
        prefix,
        e.ipv6PrefixLength(),
        e.isRemoteEndpoint(),
        e.enableLowMetric(),
        e.encapOverhead(),
        containers,
        newState);
  }

  private static HnsEndpoint shared(HnsEndpoint e, List<String> containers) {
    return document(
        e,
        e.id(),
        e.virtualNetworkName(),
        e.macAddress(),
        e.ipAddress(),
        e.gatewayAddress(),
        e.prefixLength(),
        containers,
        containers.isEmpty() ? 4 : containers.size() > 1 ? 3 : 2);
  }

  @Override
  public HnsEndpoint updateEndpoint(String id, HnsEndpoint e) {
    return state.locked(
        () -> {
          HnsEndpoint old = endpoint(id);
          checkPorts(id, e, endpoints());
          HnsEndpoint made = shared(old.withPolicies(e.policies()), old.sharedContainers());
          state.write(file(endpoints, id), made);
          return made;
        });
  }

  @Override
  public void deleteEndpoint(String id) {
    state.locked(
        () -> {
          delete(endpoints, id, "/endpoints/");
          return null;
        });
  }

  @Override
  public EndpointStatistics statistics(String id) {
    HnsEndpoint e = endpoint(id);
    return new EndpointStatistics(0, 0, 0, 0, 0, 0, e.id(), e.id());
  }

  List<EndpointStatistics> statisticsOf(String system) {
    return endpoints().stream()
        .filter(e -> e.isAttachedTo(system))
        .map(e -> statistics(e.id()))
        .toList();
  }

  void attach(String id, String system) {
    state.locked(
        () -> {
          HnsEndpoint e = endpoint(id);
          if (!e.isAttachedTo(system)) {
            List<String> containers = new ArrayList<>(e.sharedContainers());
            containers.add(system);
            state.write(file(endpoints, id), shared(e, containers));
          }
          return null;
        });
  }

  void detach(String id, String system) {
    state.locked(
        () -> {
          HnsEndpoint e = endpoint(id);
          if (!e.isAttachedTo(system)) {
            throw failure("/endpoints/" + id, HcsErrors.NOT_FOUND, "Element not found. ");
          }
          state.write(
              file(endpoints, id),
              shared(
                  e,
                  e.sharedContainers().stream().filter(c -> !c.equalsIgnoreCase(system)).toList()));
          return null;
        });
  }

  void detachAll(String system) {
    for (HnsEndpoint e : endpoints()) {
      if (e.isAttachedTo(system)) {
        detach(e.id(), system);
      }
    }
  }

  @Override
  public List<HostInterface> interfaces() {
    List<HostInterface> all = new ArrayList<>();
    for (HnsNetwork n : networks()) {
      List<String> addresses = n.subnets().stream().map(s -> s.gatewayAddress()).toList();
      all.add(adapter(n.name(), n.id(), addresses, 1));
    }
    for (HnsEndpoint e : endpoints()) {
      if (!e.sharedContainers().isEmpty()) {
        int compartment = (int) (number(e.id()) & 0xffff) + 2;
        all.add(adapter(e.name(), e.id(), List.of(e.ipAddress()), compartment));
      }
    }
    return all;
  }

  /** Numbers come from the id, so that they stay while other adapters come and go. */
  private static HostInterface adapter(
      String name, String id, List<String> addresses, int compartment) {
    long number = number(id);
    return new HostInterface(
        "vEthernet (" + name + ")", (int) number, number << 24, compartment, addresses);
  }

  private static long number(String id) {
    return 100 + Integer.toUnsignedLong(id.toLowerCase(Locale.ROOT).hashCode()) % 0x7fff_0000L;
  }

  private Path mtuFile(HostInterface adapter) {
    if (interfaces().stream().noneMatch(i -> i.name().equals(adapter.name()))) {
      throw new HcsException("GetIpInterfaceEntry", adapter.name(), HcsErrors.NOT_FOUND);
    }
    UUID name =
        UUID.nameUUIDFromBytes(adapter.name().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return state.root().resolve("hns").resolve(name + ".mtu.json");
  }

  @Override
  public long mtu(HostInterface adapter) {
    return state.read(mtuFile(adapter), Mtu.class).map(Mtu::mtu).orElse(MTU);
  }

  @Override
  public void setMtu(HostInterface adapter, long mtu) {
    Path file = mtuFile(adapter);
    if (mtu < 352 || mtu > 65535) {
      throw new HcsException("SetIpInterfaceEntry", adapter.name(), HcsErrors.INVALID_PARAMETER);
    }
    state.write(file, new Mtu(mtu));
  }
}
