package io.gardencell.emulator.network;

import static io.gardencell.emulator.network.HnsDocuments.failure;

import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HostNetworks;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** Networks as documents. Any thread. */
final class EmulatedNetworks implements HostNetworks {

  private static final String PATH = "/networks/";
  private static final List<HnsNetwork.MacPool> MACS =
      List.of(new HnsNetwork.MacPool("00-15-5D-8A-00-00", "00-15-5D-8A-FF-FF"));

  private final HnsDocuments documents;
  private final EmulatedEndpoints endpoints;

  EmulatedNetworks(HnsDocuments documents, EmulatedEndpoints endpoints) {
    this.documents = documents;
    this.endpoints = endpoints;
  }

  @Override
  public List<HnsNetwork> networks() {
    return documents.networks();
  }

  @Override
  public HnsNetwork createNetwork(HnsNetwork n) {
    for (HnsNetwork.Subnet subnet : n.subnets()) {
      if (!subnet.addressPrefix().isEmpty() && subnet.gatewayAddress().isEmpty()) {
        throw new IllegalArgumentException(
            "network create error, subnet has address prefix but no gateway specified");
      }
    }
    return documents
        .state()
        .locked(
            () -> {
              List<HnsNetwork> all = networks();
              List<HnsNetwork.Subnet> subnets = new ArrayList<>();
              for (HnsNetwork.Subnet s : n.subnets()) {
                subnets.add(s.addressPrefix().isEmpty() ? freeSubnet(all) : checked(s, all));
              }
              HnsNetwork made =
                  new HnsNetwork(
                      UUID.randomUUID().toString().toUpperCase(Locale.ROOT),
                      n.name(),
                      n.type().isEmpty() ? "nat" : n.type(),
                      n.networkAdapterName(),
                      n.sourceMac(),
                      n.policies(),
                      n.macPools().isEmpty() ? MACS : n.macPools(),
                      subnets,
                      n.dnsSuffix(),
                      n.dnsServerList(),
                      n.dnsServerCompartment(),
                      n.managementIp(),
                      n.automaticDns());
              documents.write(made);
              return made;
            });
  }

  private static HnsNetwork.Subnet checked(HnsNetwork.Subnet s, List<HnsNetwork> all) {
    Subnet4 wanted;
    try {
      wanted = Subnet4.parse(s.addressPrefix());
      if (!wanted.contains(Subnet4.address(s.gatewayAddress()))) {
        throw new IllegalArgumentException("gateway: '" + s.gatewayAddress() + "'");
      }
    } catch (IllegalArgumentException e) {
      throw failure(PATH, HcsErrors.INVALID_PARAMETER, "The parameter is incorrect. ");
    }
    if (overlaps(wanted, all)) {
      throw failure(PATH, HcsErrors.ALREADY_EXISTS, "The object already exists. ");
    }
    return s;
  }

  private static boolean overlaps(Subnet4 wanted, List<HnsNetwork> all) {
    return all.stream()
        .flatMap(n -> n.subnets().stream())
        .anyMatch(o -> Subnet4.parse(o.addressPrefix()).overlaps(wanted));
  }

  private static HnsNetwork.Subnet freeSubnet(List<HnsNetwork> all) {
    for (int i = 16; i < 32; i++) {
      String prefix = "172." + i + ".0.0/20";
      if (!overlaps(Subnet4.parse(prefix), all)) {
        return new HnsNetwork.Subnet(prefix, "172." + i + ".0.1", List.of());
      }
    }
    throw HnsDocuments.notFound(PATH);
  }

  /** Its endpoints go first, so that none is ever without a network. */
  @Override
  public void deleteNetwork(String id) {
    documents
        .state()
        .change(
            () -> {
              if (!documents.hasNetwork(id)) {
                throw HnsDocuments.notFound(PATH + id);
              }
              for (HnsEndpoint e : documents.endpoints()) {
                if (e.virtualNetwork().equalsIgnoreCase(id)) {
                  endpoints.deleteEndpoint(e.id());
                }
              }
              documents.deleteNetwork(id);
            });
  }
}
