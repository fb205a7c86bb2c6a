package io.gardencell.network;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.HostNetworks;
import io.gardencell.hcs.document.HnsNetwork;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cell's one NAT network (spec: winc-network 5, 6, 17.7). Any thread; create and delete exclude
 * each other.
 */
final class NatNetwork {

  private static final Logger log = LoggerFactory.getLogger(NatNetwork.class);

  private final NetworkConfig config;
  private final Duration ready;
  private final HostNetworks networks;
  private final Adapters adapters;
  private final HostCalls calls;
  private volatile @Nullable String cachedId;

  NatNetwork(
      NetworkConfig config,
      Duration ready,
      HostNetworks networks,
      Adapters adapters,
      HostCalls calls) {
    this.config = config;
    this.ready = ready;
    this.networks = networks;
    this.adapters = adapters;
    this.calls = calls;
  }

  /** Makes the network unless it is there; one that is there is kept, its MTU is set again. */
  synchronized void create() {
    Optional<HnsNetwork> existing = find();
    if (existing.isPresent()) {
      keep(existing.get());
      return;
    }
    for (String domain : config.searchDomains()) {
      if (domain.contains(",") || domain.contains(" ")) {
        throw GardenException.failure("Invalid DNSSuffix. First invalid DNSSuffix: " + domain);
      }
    }
    if (!config.subnetRange().isEmpty() && config.gatewayAddress().isEmpty()) {
      throw GardenException.failure(
          "network create error, subnet has address prefix but no gateway specified");
    }
    Optional<HnsNetwork> made = post();
    if (made.isEmpty()) {
      return;
    }
    try (Rollback rollback = new Rollback()) {
      rollback.push(() -> undo(made.get().id()));
      applyMtu(made.get().name());
      rollback.complete();
    }
    cachedId = made.get().id();
    log.atInfo().addKeyValue("network", config.networkName()).log("network created");
  }

  /** The new network; empty if the call failed and there is one like it now, which is kept. */
  private Optional<HnsNetwork> post() {
    HnsNetwork.Subnet subnet =
        new HnsNetwork.Subnet(config.subnetRange(), config.gatewayAddress(), List.of());
    HnsNetwork wanted = HnsNetwork.nat(config.networkName(), List.of(subnet), dnsSuffix());
    try {
      HnsNetwork made = calls.createNetwork(wanted, () -> networks.createNetwork(wanted));
      return Optional.of(made.id().isEmpty() ? find().orElseThrow(this::notFound) : made);
    } catch (HcsException | GardenException failed) {
      // HNS may have done it all the same, or another process was faster
      Optional<HnsNetwork> there = findAfter(failed);
      if (there.isEmpty()) {
        throw failed;
      }
      log.atWarn()
          .addKeyValue("network", config.networkName())
          .setCause(failed)
          .log("network was created although HNS reported a failure");
      keep(there.get());
      return Optional.empty();
    }
  }

  private Optional<HnsNetwork> findAfter(RuntimeException failed) {
    try {
      return find();
    } catch (HcsException | GardenException unanswered) {
      failed.addSuppressed(unanswered);
      return Optional.empty();
    }
  }

  /** Makes the network if we know of none. */
  void ensure() {
    if (cachedId == null) {
      create();
    }
  }

  /** Deletes a network; the caller has made sure that nothing uses it. */
  synchronized void delete(String id) {
    cachedId = null;
    calls.delete("/networks/" + id, () -> networks.deleteNetwork(id));
    log.atInfo().addKeyValue("network", config.networkName()).log("network deleted");
  }

  Optional<HnsNetwork> find() {
    return calls.get("/networks/", networks::networks).stream()
        .filter(network -> network.name().equals(config.networkName()))
        .findFirst();
  }

  /**
   * Does something with the network's id; once more if it is found to be another one by now.
   *
   * @throws GardenException {@code Network <name> not found}
   */
  <T> T withId(Function<String, T> body) {
    String id = cachedId;
    if (id == null) {
      return body.apply(id());
    }
    try {
      return body.apply(id);
    } catch (HcsException failed) {
      if (!HostFailures.isNotFound(failed)) {
        throw failed;
      }
      cachedId = null;
      return body.apply(id());
    }
  }

  /** The network's id; {@code Network <name> not found}. */
  String id() {
    String id = cachedId;
    if (id == null) {
      id = find().orElseThrow(this::notFound).id();
      cachedId = id;
    }
    return id;
  }

  private GardenException notFound() {
    return GardenException.failure("Network " + config.networkName() + " not found");
  }

  private void keep(HnsNetwork existing) {
    List<HnsNetwork.Subnet> subnets = existing.subnets();
    if (subnets.size() != 1
        || !subnets.get(0).addressPrefix().equals(config.subnetRange())
        || !subnets.get(0).gatewayAddress().equals(config.gatewayAddress())) {
      String text =
          subnets.stream()
              .map(
                  s ->
                      "{AddressPrefix:%s GatewayAddress:%s Policies:[]}"
                          .formatted(s.addressPrefix(), s.gatewayAddress()))
              .collect(Collectors.joining(" "));
      throw GardenException.failure(
          "nat network " + existing.name() + " exists with subnets [" + text + "]");
    }
    if (!existing.dnsSuffix().equals(dnsSuffix())) {
      log.atWarn()
          .addKeyValue("network", existing.name())
          .addKeyValue("dnsSuffix", existing.dnsSuffix())
          .log("nat network exists with another DNSSuffix");
    }
    applyMtu(existing.name());
    cachedId = existing.id();
  }

  private String dnsSuffix() {
    return String.join(",", config.searchDomains());
  }

  private void applyMtu(String name) {
    adapters.setNetworkMtu(
        adapters.await(name, ready, "network " + name + " not ready in time"), config.mtu());
  }

  private void undo(String id) {
    try {
      calls.delete("/networks/" + id, () -> networks.deleteNetwork(id));
    } catch (HcsException | GardenException failed) {
      log.atWarn().addKeyValue("id", id).setCause(failed).log("network not removed");
      throw failed;
    }
  }
}
