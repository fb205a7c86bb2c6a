package io.gardencell.network;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.document.EndpointStatistics;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsPolicy;
import io.gardencell.hcs.document.ModifyRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * HNS endpoints and their attachment to compute systems (spec: winc-network 4.3, 8.1). Any thread.
 */
final class Endpoints {

  private final Host host;
  private final HostCalls calls;

  Endpoints(Host host, HostCalls calls) {
    this.host = host;
    this.calls = calls;
  }

  List<HnsEndpoint> all() {
    return calls.get("/endpoints/", host.endpoints()::endpoints);
  }

  List<HnsEndpoint> named(String handle) {
    return all().stream().filter(endpoint -> endpoint.name().equals(handle)).toList();
  }

  List<HnsEndpoint> of(String networkId) {
    return all().stream()
        .filter(endpoint -> endpoint.virtualNetwork().equalsIgnoreCase(networkId))
        .toList();
  }

  HnsEndpoint read(String id) {
    return calls.get("/endpoints/" + id, () -> host.endpoints().endpoint(id));
  }

  EndpointStatistics statistics(String id) {
    return calls.get("/endpointstats/" + id, () -> host.endpoints().statistics(id));
  }

  /** Creates an endpoint; HNS may say no more than that it did. */
  HnsEndpoint create(HnsEndpoint request) {
    String name = request.name();
    HnsEndpoint made =
        calls.createEndpoint(
            request,
            () -> host.endpoints().createEndpoint(request),
            () -> named(name).forEach(this::delete));
    return made.id().isEmpty()
        ? named(name).stream()
            .findFirst()
            .orElseThrow(() -> GardenException.failure("Endpoint " + name + " not found"))
        : made;
  }

  void update(HnsEndpoint endpoint) {
    String id = endpoint.id();
    calls.update("/endpoints/" + id, endpoint, () -> host.endpoints().updateEndpoint(id, endpoint));
  }

  void attach(String handle, String id) {
    modify(handle, ModifyRequest.addEndpoint(id));
  }

  /** Whether the compute system that it is attached to still exists. */
  boolean isLive(HnsEndpoint endpoint) {
    return endpoint.sharedContainers().stream().anyMatch(this::hasSystem);
  }

  /** Whether there is a compute system of this id. */
  boolean hasSystem(String system) {
    return calls.hcs(
        "open " + system,
        () -> {
          try (ComputeSystem open = host.compute().open(system)) {
            return !open.id().isEmpty();
          } catch (HcsException failed) {
            if (!HostFailures.isGone(failed)) {
              throw failed;
            }
            return false;
          }
        });
  }

  /** Detaches and deletes; what is not there is no failure. Both are tried. */
  Removal remove(HnsEndpoint endpoint) {
    List<RuntimeException> failures = new ArrayList<>();
    if (endpoint.isAttachedTo(endpoint.name())) {
      try {
        modify(endpoint.name(), ModifyRequest.removeEndpoint(endpoint.id()));
      } catch (HcsException failed) {
        if (!HostFailures.isGone(failed)) {
          failures.add(failed);
        }
      } catch (GardenException failed) {
        failures.add(failed);
      }
    }
    boolean gone = true;
    try {
      delete(endpoint);
    } catch (HcsException | GardenException failed) {
      failures.add(failed);
      gone = false;
    }
    return new Removal(gone, failures);
  }

  private void delete(HnsEndpoint endpoint) {
    String id = endpoint.id();
    try {
      calls.delete("/endpoints/" + id, () -> host.endpoints().deleteEndpoint(id));
    } catch (HcsException failed) {
      if (!HostFailures.isNotFound(failed)) {
        throw failed;
      }
    }
  }

  /**
   * What came of a removal.
   *
   * @param gone whether the endpoint exists no more, even if detaching failed
   * @param failures what went wrong, detaching first
   */
  record Removal(boolean gone, List<RuntimeException> failures) {

    /**
     * Accepts a removal whose endpoint is gone.
     *
     * @throws GardenException with all failures if it is not
     */
    void orThrow() {
      if (!gone) {
        throw HostFailures.combined(failures);
      }
    }
  }

  /** Mapped host ports by endpoint name. */
  static TreeMap<String, Set<Integer>> mappedPorts(List<HnsEndpoint> endpoints) {
    TreeMap<String, Set<Integer>> ports = new TreeMap<>();
    for (HnsEndpoint endpoint : endpoints) {
      for (HnsPolicy policy : endpoint.policies()) {
        if (policy instanceof HnsPolicy.Nat nat && nat.externalPort() != 0) {
          ports.computeIfAbsent(endpoint.name(), n -> new TreeSet<>()).add(nat.externalPort());
        }
      }
    }
    return ports;
  }

  private void modify(String handle, ModifyRequest request) {
    try {
      calls.hcs(
          "modify " + handle,
          () -> {
            try (ComputeSystem system = host.compute().open(handle)) {
              system.modify(request);
              return true;
            }
          });
    } catch (HcsException failed) {
      Set<Integer> refused =
          Set.of(
              HcsErrors.INVALID_JSON,
              HcsErrors.INVALID_DATA,
              HcsErrors.NOT_SUPPORTED,
              HcsErrors.UNKNOWN_MESSAGE);
      if (refused.contains(failed.code())) {
        throw GardenException.failure("unsupported platform request", failed);
      }
      throw failed;
    }
  }
}
