package io.gardencell.network;

import io.gardencell.api.GardenException;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.spi.PortForward;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.network.port.PortPool;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ports and rules of containers that run (spec: winc-network 17.5): one replacing update each, and
 * the former policies again when anything fails. The caller holds the handle's lock.
 */
final class RuleChanges {

  private static final Logger log = LoggerFactory.getLogger(RuleChanges.class);

  private final NetworkConfig config;
  private final Endpoints endpoints;
  private final ContainerFiles files;
  private final PortPool ports;

  RuleChanges(NetworkConfig config, Endpoints endpoints, ContainerFiles files, PortPool ports) {
    this.config = config;
    this.endpoints = endpoints;
    this.files = files;
    this.ports = ports;
  }

  /** Maps a port; 0 = any of the pool, or the same as on the host. */
  PortForward addPort(String handle, int hostPort, int containerPort) {
    ConnectedContainer container = files.get(handle);
    int got = ports.acquire(handle, List.of(hostPort)).get(0);
    try (Rollback rollback = new Rollback()) {
      rollback.push(() -> ports.release(handle, got));
      PortForward forward = new PortForward(got, containerPort == 0 ? got : containerPort);
      change(container, container.withPort(forward), rollback);
      rollback.complete();
      return forward;
    }
  }

  /** Adds rules, all or none; those it has are not repeated. */
  void addRules(String handle, List<NetOutRule> rules) {
    ConnectedContainer container = files.get(handle);
    ConnectedContainer changed = container.withRules(rules);
    if (changed.equals(container)) {
      return;
    }
    change(container, changed);
    changed.warn();
  }

  /** Takes a mapping away, then gives its port back; one that is not there is no failure. */
  void removePort(String handle, PortForward port) {
    Optional<ConnectedContainer> container = files.find(handle);
    if (container.isPresent() && container.get().ports().contains(port)) {
      change(container.get(), container.get().withoutPort(port));
      ports.release(handle, port.hostPort());
    }
  }

  /** Takes rules away, all or none; those that are not there are no failure. */
  void removeRules(String handle, List<NetOutRule> rules) {
    Optional<ConnectedContainer> container = files.find(handle);
    if (container.isPresent()) {
      ConnectedContainer changed = container.get().withoutRules(rules);
      if (!changed.equals(container.get())) {
        change(container.get(), changed);
      }
    }
  }

  private void change(ConnectedContainer before, ConnectedContainer after) {
    try (Rollback rollback = new Rollback()) {
      change(before, after, rollback);
      rollback.complete();
    }
  }

  /** A new port is given back only after the former policies: until then it may be mapped. */
  private void change(ConnectedContainer before, ConnectedContainer after, Rollback rollback) {
    HnsEndpoint endpoint = endpoints.read(before.endpointId());
    rollback.push(() -> restore(before));
    endpoints.update(after.applyTo(endpoint, config.dnsServers()));
    files.write(after);
  }

  /** HNS may have done what it reported as failed, so it is asked what is in force. */
  private void restore(ConnectedContainer before) {
    try {
      applyAgain(before, endpoints.read(before.endpointId()));
    } catch (HcsException | GardenException failed) {
      log.atWarn()
          .addKeyValue("handle", before.handle())
          .setCause(failed)
          .log("former rules not restored, new ports stay taken until reconcile");
      throw failed;
    }
  }

  /** Writes the policies of the file again unless they are in force. */
  void applyAgain(ConnectedContainer container, HnsEndpoint endpoint) {
    HnsEndpoint wanted = container.applyTo(endpoint, config.dnsServers());
    if (!wanted.policies().equals(endpoint.policies())) {
      endpoints.update(wanted);
    }
  }
}
