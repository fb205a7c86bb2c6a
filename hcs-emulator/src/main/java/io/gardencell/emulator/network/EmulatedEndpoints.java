package io.gardencell.emulator.network;

import static io.gardencell.emulator.network.HnsDocuments.failure;

import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HostEndpoints;
import io.gardencell.hcs.document.EndpointStatistics;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsNetwork;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/** Endpoints as documents; host ports are forwarded as {@link PortMappings} says. Any thread. */
public final class EmulatedEndpoints implements HostEndpoints {

  private static final String PATH = "/endpoints/";

  private final HnsDocuments documents;
  private final PortMappings mappings;

  EmulatedEndpoints(HnsDocuments documents, PortMappings mappings) {
    this.documents = documents;
    this.mappings = mappings;
  }

  @Override
  public List<HnsEndpoint> endpoints() {
    return documents.endpoints();
  }

  @Override
  public HnsEndpoint endpoint(String id) {
    return documents.endpoint(id);
  }

  @Override
  public HnsEndpoint createEndpoint(HnsEndpoint e) {
    return documents
        .state()
        .locked(
            () -> {
              HnsNetwork network =
                  documents.networks().stream()
                      .filter(n -> n.id().equalsIgnoreCase(e.virtualNetwork()))
                      .findFirst()
                      .orElseThrow(() -> HnsDocuments.notFound(PATH));
              if (network.subnets().isEmpty()) {
                throw HnsDocuments.notFound(PATH);
              }
              List<HnsEndpoint> all = endpoints();
              HnsEndpoint made = addressed(e, network, all);
              mappings.reserve(made, all);
              return written(made, all);
            });
  }

  private static HnsEndpoint addressed(HnsEndpoint e, HnsNetwork network, List<HnsEndpoint> all) {
    HnsNetwork.Subnet subnet = network.subnets().get(0);
    Subnet4 range = Subnet4.parse(subnet.addressPrefix());
    Set<Long> taken = new HashSet<>();
    taken.add(Subnet4.address(subnet.gatewayAddress()));
    all.stream()
        .filter(o -> o.virtualNetwork().equalsIgnoreCase(network.id()))
        .forEach(o -> taken.add(Subnet4.address(o.ipAddress())));
    long address = address(e, range, taken);
    long host = address - range.first();
    return new EndpointChange(e)
        .id(UUID.randomUUID().toString())
        .networkName(network.name())
        .macAddress(String.format("00-15-5D-8A-%02X-%02X", host >> 8 & 0xff, host & 0xff))
        .ipAddress(Subnet4.text(address))
        .gatewayAddress(subnet.gatewayAddress())
        .prefixLength(range.length())
        .attachedTo(List.of(), EndpointChange.CREATED)
        .document();
  }

  private static long address(HnsEndpoint e, Subnet4 range, Set<Long> taken) {
    if (!e.ipAddress().isEmpty()) {
      long wanted;
      try {
        wanted = Subnet4.address(e.ipAddress());
      } catch (IllegalArgumentException none) {
        throw failure(PATH, HcsErrors.INVALID_PARAMETER, "The parameter is incorrect. ");
      }
      if (!range.contains(wanted)) {
        throw failure(PATH, HcsErrors.INVALID_PARAMETER, "The parameter is incorrect. ");
      }
      if (taken.contains(wanted)) {
        throw failure(PATH, HcsErrors.ALREADY_EXISTS, "The object already exists. ");
      }
      return wanted;
    }
    for (long a = range.first() + 1; a < range.last(); a++) {
      if (!taken.contains(a)) {
        return a;
      }
    }
    throw failure(PATH, HcsErrors.NOT_FOUND, "The network has no free address. ");
  }

  /** Writes the document, and lets the forwarded ports be those of all documents. */
  private HnsEndpoint written(HnsEndpoint made, List<HnsEndpoint> others) {
    List<HnsEndpoint> now = new ArrayList<>(others);
    try {
      documents.write(made);
      now.removeIf(o -> o.id().equalsIgnoreCase(made.id()));
      now.add(made);
      return made;
    } finally {
      mappings.follow(now);
    }
  }

  /** As HNS does it: policies are replaced, names only when the new document has them. */
  @Override
  public HnsEndpoint updateEndpoint(String id, HnsEndpoint e) {
    return documents
        .state()
        .locked(
            () -> {
              HnsEndpoint made = new EndpointChange(endpoint(id)).takeFrom(e).document();
              List<HnsEndpoint> all = endpoints();
              mappings.reserve(made, all);
              return written(made, all);
            });
  }

  @Override
  public void deleteEndpoint(String id) {
    documents
        .state()
        .change(
            () -> {
              documents.deleteEndpoint(id);
              mappings.follow(endpoints());
            });
  }

  @Override
  public EndpointStatistics statistics(String id) {
    return mappings.statistics(endpoint(id));
  }

  /** Traffic of the endpoints that a system is attached to. */
  public List<EndpointStatistics> statisticsOf(String system) {
    return endpoints().stream()
        .filter(e -> e.isAttachedTo(system))
        .map(mappings::statistics)
        .toList();
  }

  /** Attaches an endpoint to a system; one that is attached already stays so. */
  public void attach(String id, String system) {
    changeSystems(
        id,
        e -> {
          List<String> systems = new ArrayList<>(e.sharedContainers());
          if (!e.isAttachedTo(system)) {
            systems.add(system);
          }
          return systems;
        });
  }

  /** Detaches an endpoint from a system; fails when it is not attached. */
  public void detach(String id, String system) {
    changeSystems(
        id,
        e -> {
          if (!e.isAttachedTo(system)) {
            throw HnsDocuments.notFound(PATH + id);
          }
          return e.sharedContainers().stream().filter(c -> !c.equalsIgnoreCase(system)).toList();
        });
  }

  private void changeSystems(String id, Function<HnsEndpoint, List<String>> change) {
    documents
        .state()
        .change(
            () -> {
              HnsEndpoint e = endpoint(id);
              List<String> systems = change.apply(e);
              if (!systems.equals(e.sharedContainers())) {
                documents.write(new EndpointChange(e).attachedTo(systems).document());
              }
            });
  }

  /** Detaches all endpoints from a system that ends. */
  public void detachAll(String system) {
    for (HnsEndpoint e : endpoints()) {
      if (e.isAttachedTo(system)) {
        detach(e.id(), system);
      }
    }
  }
}
