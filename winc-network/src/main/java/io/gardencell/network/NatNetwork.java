package io.gardencell.network;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.HostNetworks;
import io.gardencell.hcs.document.HnsNetwork;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
  private static final Duration READY = Duration.ofSeconds(9);

  private final NetworkConfig config;
  private final HostNetworks networks;
  private final Adapters adapters;
  private final HnsCalls hns;
  private volatile @Nullable String cachedId;

  NatNetwork(NetworkConfig config, HostNetworks networks, Adapters adapters, HnsCalls hns) {
    this.config = config;
    this.networks = networks;
    this.adapters = adapters;
    this.hns = hns;
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
    HnsNetwork.Subnet subnet =
        new HnsNetwork.Subnet(config.subnetRange(), config.gatewayAddress(), List.of());
    HnsNetwork wanted =
        HnsNetwork.nat(
            config.networkName(), List.of(subnet), String.join(",", config.searchDomains()));
    HnsNetwork made =
        hns.call(
            HnsCalls.Kind.CREATE_NETWORK, "POST /networks/", () -> networks.createNetwork(wanted));
    boolean complete = false;
    try {
      applyMtu();
      complete = true;
    } finally {
      if (!complete) {
        undo(made.id());
      }
    }
    cachedId = made.id();
    log.atInfo().addKeyValue("network", config.networkName()).log("network created");
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
    hns.run("DELETE /networks/" + id, () -> networks.deleteNetwork(id));
    log.atInfo().addKeyValue("network", config.networkName()).log("network deleted");
  }

  Optional<HnsNetwork> find() {
    return hns.call("GET /networks/", networks::networks).stream()
        .filter(network -> network.name().equals(config.networkName()))
        .findFirst();
  }

  /** The network's id; {@code Network <name> not found}. */
  String id() {
    String id = cachedId;
    if (id == null) {
      id =
          find()
              .orElseThrow(
                  () -> GardenException.failure("Network " + config.networkName() + " not found"))
              .id();
      cachedId = id;
    }
    return id;
  }

  /** The network was found to be another one than we knew. */
  void forgetId() {
    cachedId = null;
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
    if (!existing.dnsSuffix().equals(String.join(",", config.searchDomains()))) {
      log.atWarn()
          .addKeyValue("network", existing.name())
          .addKeyValue("dnsSuffix", existing.dnsSuffix())
          .log("nat network exists with another DNSSuffix");
    }
    applyMtu();
    cachedId = existing.id();
  }

  private void applyMtu() {
    String name = config.networkName();
    adapters.setNetworkMtu(
        adapters.await(name, READY, "network " + name + " not ready in time"), config.mtu());
  }

  private void undo(String id) {
    try {
      hns.run("DELETE /networks/" + id, () -> networks.deleteNetwork(id));
    } catch (HcsException | GardenException failed) {
      log.atWarn().addKeyValue("id", id).setCause(failed).log("network not removed");
    }
  }
}
