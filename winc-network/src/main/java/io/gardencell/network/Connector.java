package io.gardencell.network;

import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.api.NetIn;
import io.gardencell.api.spi.NetworkRequest;
import io.gardencell.api.spi.PortForward;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.HostInterface;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsPolicy;
import io.gardencell.network.port.PortPool;
import io.gardencell.network.rule.Acls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects containers and disconnects them (spec: winc-network 17.3, 17.4). The caller holds the
 * handle's lock and has validated the request.
 */
final class Connector {

  private static final Logger log = LoggerFactory.getLogger(Connector.class);

  private final NetworkConfig config;
  private final Duration ready;
  private final NatNetwork network;
  private final Endpoints endpoints;
  private final Adapters adapters;
  private final UrlReservations reservations;
  private final ContainerFiles files;
  private final PortPool ports;
  private final Leftovers leftovers;
  private final StepLog steps;

  Connector(
      NetworkConfig config,
      Duration ready,
      NatNetwork network,
      Endpoints endpoints,
      Adapters adapters,
      UrlReservations reservations,
      ContainerFiles files,
      PortPool ports,
      Leftovers leftovers,
      StepLog steps) {
    this.config = config;
    this.ready = ready;
    this.network = network;
    this.endpoints = endpoints;
    this.adapters = adapters;
    this.reservations = reservations;
    this.files = files;
    this.ports = ports;
    this.leftovers = leftovers;
    this.steps = steps;
  }

  /** Connects a container; whatever fails, nothing stays. */
  ConnectedContainer connect(NetworkRequest request) {
    String handle = request.handle();
    steps.debug(() -> "start networkmanager up " + request.pid());
    removeStale(handle);
    try (Rollback rollback = new Rollback()) {
      rollback.push(() -> undo(handle));
      leftovers.add(handle);
      network.id();
      List<PortForward> forwards = acquire(handle, request.netIn());
      HnsEndpoint endpoint = createEndpoint(handle);
      steps.debug(() -> "created endpoint " + handle);
      ConnectedContainer container =
          new ConnectedContainer(
              handle,
              endpoint.id(),
              endpoint.ipAddress(),
              forwards,
              Requests.effectiveRules(request, config));
      steps.debug(() -> "applying outbound traffic rules " + request.pid());
      applyAndAttach(container, endpoint);
      steps.debug(() -> "applied network mappings " + handle);
      HostInterface adapter =
          adapters.await(handle, ready, "endpoint " + endpoint.id() + " not ready in time");
      long mtu = adapters.setEndpointMtu(adapter, config.mtu(), config.networkName());
      steps.debug(() -> "applied container MTU " + mtu);
      reservations.reserve(handle, request.properties().get("ports"));
      files.write(container);
      leftovers.remove(handle);
      rollback.complete();
      steps.debug(() -> "finished networkmanager up " + request.pid());
      container.warn();
      log.atInfo()
          .addKeyValue("handle", handle)
          .addKeyValue("ip", container.ip())
          .log("container connected");
      return container;
    }
  }

  /** In both orders nothing is allowed before the rules are in force: the creation blocks all. */
  private void applyAndAttach(ConnectedContainer container, HnsEndpoint endpoint) {
    if (config.attachBeforeRules()) {
      endpoints.attach(container.handle(), endpoint.id());
    }
    endpoints.update(container.applyTo(endpoint, config.dnsServers()));
    if (!config.attachBeforeRules()) {
      endpoints.attach(container.handle(), endpoint.id());
    }
  }

  /** An endpoint of a live container is in the way; one that a crash left is not. */
  private void removeStale(String handle) {
    for (HnsEndpoint stale : endpoints.named(handle)) {
      if (endpoints.isLive(stale)) {
        throw GardenException.failure("endpoint " + handle + " already exists");
      }
      endpoints.remove(stale).orThrow();
    }
    if (ports.holders().contains(handle)) {
      ports.release(handle);
    }
    files.delete(handle);
  }

  private List<PortForward> acquire(String handle, List<NetIn> netIn) {
    List<Integer> hostPorts =
        ports.acquire(handle, netIn.stream().map(n -> (int) n.hostPort()).toList());
    List<PortForward> forwards = new ArrayList<>();
    for (int i = 0; i < hostPorts.size(); i++) {
      int containerPort = (int) netIn.get(i).containerPort();
      forwards.add(
          new PortForward(hostPorts.get(i), containerPort == 0 ? hostPorts.get(i) : containerPort));
    }
    return forwards;
  }

  /** The blocks are part of the creation, so the endpoint never lets everything through. */
  private HnsEndpoint createEndpoint(String handle) {
    List<HnsPolicy> policies = new ArrayList<>();
    if (config.maximumOutgoingBandwidth() != 0) {
      policies.add(new HnsPolicy.Qos(config.maximumOutgoingBandwidth()));
    }
    policies.addAll(Acls.BLOCK_ALL);
    String dns = String.join(",", config.dnsServers());
    HnsEndpoint made =
        network.withId(
            id -> endpoints.create(HnsEndpoint.request(handle, id, List.copyOf(policies), dns)));
    return made.ipAddress().isEmpty() ? endpoints.read(made.id()) : made;
  }

  /** Runs while the original failure is on its way, which takes its own failures along. */
  private void undo(String handle) {
    try {
      disconnect(
          handle,
          (endpoint, failures) ->
              steps.error(
                  "Error deleting endpoint "
                      + endpoint.id()
                      + ": "
                      + HostFailures.combined(failures).getMessage()));
    } catch (HcsException | GardenException failed) {
      log.atWarn()
          .addKeyValue("handle", handle)
          .setCause(failed)
          .log("endpoint not removed, its ports stay taken until it is; will be tried again");
      throw failed;
    }
  }

  /** Removes every endpoint of the handle; ports are given back only when all are gone. */
  void disconnect(String handle) {
    disconnect(handle, (endpoint, failures) -> {});
  }

  private void disconnect(String handle, BiConsumer<HnsEndpoint, List<RuntimeException>> onKept) {
    leftovers.add(handle);
    List<RuntimeException> failures = new ArrayList<>();
    boolean gone = true;
    for (HnsEndpoint endpoint : endpoints.named(handle)) {
      Endpoints.Removal removal = endpoints.remove(endpoint);
      if (!removal.gone()) {
        onKept.accept(endpoint, removal.failures());
        gone = false;
      }
      failures.addAll(removal.failures());
    }
    if (gone) {
      try {
        ports.release(handle);
        if (Handle.find(handle).isPresent()) {
          files.delete(handle);
        }
        leftovers.remove(handle);
      } catch (GardenException failed) {
        failures.add(failed);
      }
    }
    if (!failures.isEmpty()) {
      throw HostFailures.combined(failures);
    }
  }
}
