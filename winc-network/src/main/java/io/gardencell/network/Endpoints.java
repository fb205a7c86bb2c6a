package io.gardencell.network;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsPolicy;
import io.gardencell.hcs.document.ModifyRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** HNS endpoints and their attachment to compute systems (spec: winc-network 4.3, 8.1). */
final class Endpoints {

  private final Host host;
  private final HnsCalls hns;

  Endpoints(Host host, HnsCalls hns) {
    this.host = host;
    this.hns = hns;
  }

  List<HnsEndpoint> all() {
    return hns.call("GET /endpoints/", host.endpoints()::endpoints);
  }

  List<HnsEndpoint> named(String handle) {
    return all().stream().filter(endpoint -> endpoint.name().equals(handle)).toList();
  }

  HnsEndpoint read(String id) {
    return hns.call("GET /endpoints/" + id, () -> host.endpoints().endpoint(id));
  }

  HnsEndpoint create(HnsEndpoint request) {
    return hns.call(
        HnsCalls.Kind.CREATE_ENDPOINT,
        "POST /endpoints/",
        () -> host.endpoints().createEndpoint(request));
  }

  void update(HnsEndpoint endpoint) {
    hns.call(
        "POST /endpoints/" + endpoint.id(),
        () -> host.endpoints().updateEndpoint(endpoint.id(), endpoint));
  }

  void attach(String handle, String id) {
    modify(handle, ModifyRequest.addEndpoint(id));
  }

  /** Whether the compute system that it is attached to still exists. */
  boolean isLive(HnsEndpoint endpoint) {
    for (String system : endpoint.sharedContainers()) {
      try (ComputeSystem open = host.compute().open(system)) {
        return !open.id().isEmpty();
      } catch (HcsException failed) {
        if (!isGone(failed)) {
          throw failed;
        }
      }
    }
    return false;
  }

  /**
   * Detaches and deletes; what is not there is no failure. Both are tried.
   *
   * @return what went wrong, empty if the endpoint is gone
   */
  Removal remove(HnsEndpoint endpoint) {
    List<RuntimeException> failures = new ArrayList<>();
    if (endpoint.isAttachedTo(endpoint.name())) {
      try {
        modify(endpoint.name(), ModifyRequest.removeEndpoint(endpoint.id()));
      } catch (HcsException failed) {
        if (!isGone(failed)) {
          failures.add(failed);
        }
      } catch (GardenException failed) {
        failures.add(failed);
      }
    }
    boolean gone = true;
    try {
      hns.run(
          "DELETE /endpoints/" + endpoint.id(),
          () -> host.endpoints().deleteEndpoint(endpoint.id()));
    } catch (HcsException failed) {
      if (!HnsCalls.isNotFound(failed)) {
        failures.add(failed);
        gone = false;
      }
    } catch (GardenException failed) {
      failures.add(failed);
      gone = false;
    }
    return new Removal(gone, failures);
  }

  /**
   * What came of a removal.
   *
   * @param gone whether the endpoint exists no more, even if detaching failed
   */
  record Removal(boolean gone, List<RuntimeException> failures) {}

  /** Mapped host ports by endpoint name, of one network. */
  static TreeMap<String, Set<Integer>> mappedPorts(List<HnsEndpoint> endpoints, String networkId) {
    TreeMap<String, Set<Integer>> ports = new TreeMap<>();
    for (HnsEndpoint endpoint : endpoints) {
      if (isOf(endpoint, networkId)) {
        for (HnsPolicy policy : endpoint.policies()) {
          if (policy instanceof HnsPolicy.Nat nat && nat.externalPort() != 0) {
            ports.computeIfAbsent(endpoint.name(), n -> new TreeSet<>()).add(nat.externalPort());
          }
        }
      }
    }
    return ports;
  }

  static boolean isOf(HnsEndpoint endpoint, String networkId) {
    return endpoint.virtualNetwork().equalsIgnoreCase(networkId);
  }

  private void modify(String handle, ModifyRequest request) {
    try (ComputeSystem system = host.compute().open(handle)) {
      system.modify(request);
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

  private static boolean isGone(HcsException failed) {
    return failed.isNotFound() || failed.isAlreadyStopped();
  }
}
