package io.gardencell.network;

import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.api.NetIn;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.spi.NetworkAddress;
import io.gardencell.api.spi.NetworkPlugin;
import io.gardencell.api.spi.NetworkRequest;
import io.gardencell.api.spi.NetworkResult;
import io.gardencell.api.spi.PortForward;
import io.gardencell.api.spi.Traffic;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostInterface;
import io.gardencell.hcs.document.EndpointStatistics;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsNetwork;
import io.gardencell.hcs.document.HnsPolicy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The network plugin over HNS: one NAT network, an endpoint per container, ports of a shared pool,
 * rules that are in force before the container is attached (spec: winc-network 17).
 *
 * <p>Any thread; changes to one container run one at a time. Failures are {@link GardenException}s
 * in the reference's words.
 */
public final class WincNetwork implements NetworkPlugin {

  private static final Logger log = LoggerFactory.getLogger(WincNetwork.class);
  private static final Duration ADAPTER_READY = Duration.ofSeconds(5);
  private static final String HOST_IP = "255.255.255.255";

  private final NetworkConfig config;
  private final NatNetwork network;
  private final Endpoints endpoints;
  private final Adapters adapters;
  private final UrlReservations reservations;
  private final ContainerFiles files;
  private final PortPool ports;
  private final HnsCalls hns;
  private final Host host;
  private final HandleLocks locks = new HandleLocks();

  /** A plugin on a host; makes nothing yet. */
  public WincNetwork(Host host, NetworkConfig config) {
    this(host, config, Clock.systemUTC(), Duration.ofSeconds(60), ListeningPorts::isListening);
  }

  WincNetwork(
      Host host,
      NetworkConfig config,
      Clock clock,
      Duration hnsDeadline,
      IntPredicate isListening) {
    this.host = host;
    this.config = config;
    this.hns = new HnsCalls(hnsDeadline);
    this.adapters = new Adapters(host.interfaces());
    this.network = new NatNetwork(config, host.networks(), adapters, hns);
    this.endpoints = new Endpoints(host, hns);
    this.reservations = new UrlReservations(host, config.commandTimeout());
    this.files = new ContainerFiles(config.stateDir().resolve("containers"));
    this.ports =
        new PortPool(
            config.stateDir(),
            config.firstPort(),
            config.portCount(),
            clock,
            isListening,
            () ->
                network
                    .find()
                    .map(found -> Endpoints.mappedPorts(endpoints.all(), found.id()))
                    .orElseGet(java.util.TreeMap::new));
  }

  /** Makes the NAT network unless it is there; never touches one that differs. */
  public void createNetwork() {
    worded(
        () -> {
          network.create();
          return true;
        });
  }

  /** Removes the NAT network and what dead containers left on it; refuses while one lives. */
  public void deleteNetwork() {
    worded(
        () -> {
          network.find().ifPresent(this::delete);
          return true;
        });
  }

  private void delete(HnsNetwork found) {
    List<HnsEndpoint> ours =
        endpoints.all().stream().filter(e -> Endpoints.isOf(e, found.id())).toList();
    String live =
        ours.stream()
            .filter(endpoints::isLive)
            .map(HnsEndpoint::name)
            .sorted()
            .collect(Collectors.joining(", "));
    if (!live.isEmpty()) {
      throw GardenException.failure("network " + found.name() + " is in use by " + live);
    }
    for (HnsEndpoint dead : ours) {
      Endpoints.Removal removal = endpoints.remove(dead);
      if (!removal.gone()) {
        throw combined(removal.failures());
      }
    }
    network.delete(found.id());
  }

  /** Like {@link #connect}; makes the network first if it is missing. */
  @Override
  public NetworkResult up(NetworkRequest request) {
    Requests.validate(request);
    return worded(
        () -> {
          network.ensure();
          return connect(request);
        });
  }

  /** Connects a container to the network, which must be there. */
  NetworkResult connect(NetworkRequest request) {
    Requests.validate(request);
    String handle = request.handle();
    List<Integer> urlPorts = UrlReservations.ports(request.properties().get("ports"));
    return worded(() -> locks.locked(handle, () -> connect(handle, request, urlPorts)));
  }

  private NetworkResult connect(String handle, NetworkRequest request, List<Integer> urlPorts) {
    String networkId = network.id();
    removeStale(handle);
    boolean complete = false;
    try {
      List<PortForward> forwards = acquire(handle, request.netIn());
      HnsEndpoint endpoint = createEndpoint(handle, networkId);
      if (endpoint.ipAddress().isEmpty()) {
        endpoint = endpoints.read(endpoint.id());
      }
      ConnectedContainer container =
          new ConnectedContainer(
              handle,
              endpoint.id(),
              endpoint.ipAddress(),
              forwards,
              Requests.effectiveRules(request, config.allowOutboundByDefault()));
      endpoints.update(container.applyTo(endpoint, config.dnsServers()));
      endpoints.attach(handle, endpoint.id());
      HostInterface adapter =
          adapters.await(handle, ADAPTER_READY, "endpoint " + endpoint.id() + " not ready in time");
      adapters.setEndpointMtu(adapter, config.mtu(), config.networkName());
      reservations.reserve(handle, urlPorts);
      files.write(container);
      container.warnings().forEach(warning -> warn(handle, warning));
      complete = true;
      log.atInfo()
          .addKeyValue("handle", handle)
          .addKeyValue("ip", container.ip())
          .log("container connected");
      return result(container);
    } finally {
      if (!complete) {
        undo(handle);
      }
    }
  }

  private void removeStale(String handle) {
    for (HnsEndpoint stale : endpoints.named(handle)) {
      if (endpoints.isLive(stale)) {
        throw GardenException.failure("endpoint " + handle + " already exists");
      }
      Endpoints.Removal removal = endpoints.remove(stale);
      if (!removal.gone()) {
        throw combined(removal.failures());
      }
    }
    ports.release(handle);
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
  private HnsEndpoint createEndpoint(String handle, String networkId) {
    List<HnsPolicy> policies = new ArrayList<>();
    if (config.maximumOutgoingBandwidth() != 0) {
      policies.add(new HnsPolicy.Qos(config.maximumOutgoingBandwidth()));
    }
    policies.addAll(Acls.BLOCK_ALL);
    String dns = String.join(",", config.dnsServers());
    try {
      return endpoints.create(HnsEndpoint.request(handle, networkId, policies, dns));
    } catch (HcsException failed) {
      if (!HnsCalls.isNotFound(failed)) {
        throw failed;
      }
      network.forgetId();
      return endpoints.create(HnsEndpoint.request(handle, network.id(), policies, dns));
    }
  }

  /** Runs while the original failure is on its way; its own failures are logged. */
  private void undo(String handle) {
    try {
      disconnect(handle);
    } catch (HcsException | GardenException failed) {
      log.atWarn()
          .addKeyValue("handle", handle)
          .setCause(failed)
          .log("endpoint not removed, its ports stay taken until reconcile");
    }
  }

  @Override
  public void down(String handle) {
    worded(
        () ->
            locks.locked(
                handle,
                () -> {
                  disconnect(handle);
                  return true;
                }));
  }

  /** Removes every endpoint of the handle; ports are given back only when all are gone. */
  private void disconnect(String handle) {
    List<RuntimeException> failures = new ArrayList<>();
    boolean gone = true;
    for (HnsEndpoint endpoint : endpoints.named(handle)) {
      Endpoints.Removal removal = endpoints.remove(endpoint);
      gone &= removal.gone();
      failures.addAll(removal.failures());
    }
    if (gone) {
      try {
        ports.release(handle);
        if (Handle.find(handle).isPresent()) {
          files.delete(handle);
        }
      } catch (GardenException failed) {
        failures.add(failed);
      }
    }
    if (!failures.isEmpty()) {
      throw combined(failures);
    }
  }

  @Override
  public PortForward netIn(NetworkAddress address, int hostPort, int containerPort) {
    Requests.validatePorts(hostPort, containerPort);
    String handle = address.handle();
    return worded(
        () ->
            locks.locked(
                handle,
                () -> {
                  ConnectedContainer container = known(handle);
                  int got = ports.acquire(handle, List.of(hostPort)).get(0);
                  PortForward forward =
                      new PortForward(got, containerPort == 0 ? got : containerPort);
                  boolean complete = false;
                  try {
                    change(container, container.withPort(forward));
                    complete = true;
                  } finally {
                    if (!complete) {
                      giveBack(handle, got);
                    }
                  }
                  return forward;
                }));
  }

  private void giveBack(String handle, int port) {
    try {
      ports.release(handle, port);
    } catch (GardenException failed) {
      log.atWarn()
          .addKeyValue("handle", handle)
          .addKeyValue("port", port)
          .setCause(failed)
          .log("port not given back");
    }
  }

  @Override
  public void netOut(NetworkAddress address, List<NetOutRule> rules) {
    OutboundRules.validate(rules);
    String handle = address.handle();
    worded(
        () ->
            locks.locked(
                handle,
                () -> {
                  ConnectedContainer container = known(handle);
                  ConnectedContainer changed = container.withRules(rules);
                  if (!changed.equals(container)) {
                    change(container, changed);
                    changed.warnings().forEach(warning -> warn(handle, warning));
                  }
                  return true;
                }));
  }

  /** One replacing update, then the file; if the file fails the old policies come back. */
  private void change(ConnectedContainer before, ConnectedContainer after) {
    HnsEndpoint endpoint = endpoints.read(before.endpointId());
    endpoints.update(after.applyTo(endpoint, config.dnsServers()));
    boolean written = false;
    try {
      files.write(after);
      written = true;
    } finally {
      if (!written) {
        endpoints.update(before.applyTo(endpoint, config.dnsServers()));
      }
    }
  }

  private ConnectedContainer known(String handle) {
    return files.find(handle).orElseThrow(() -> new GardenException.ContainerNotFound(handle));
  }

  @Override
  public Optional<Traffic> traffic(String handle) {
    return files.find(handle).flatMap(container -> traffic(container));
  }

  private Optional<Traffic> traffic(ConnectedContainer container) {
    String id = container.endpointId();
    try {
      EndpointStatistics counters =
          hns.call("GET /endpointstats/" + id, () -> host.endpoints().statistics(id));
      return Optional.of(new Traffic(counters.bytesReceived(), counters.bytesSent()));
    } catch (HcsException failed) {
      log.atDebug().addKeyValue("handle", container.handle()).setCause(failed).log("no traffic");
      return Optional.empty();
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>Also makes the network if it is missing. What cannot be cleaned is logged and tried again by
   * the next call.
   */
  @Override
  public void reconcile(Set<String> liveHandles) {
    worded(
        () -> {
          network.create();
          String networkId = network.id();
          Set<String> remaining = new HashSet<>();
          List<HnsEndpoint> ours =
              endpoints.all().stream().filter(e -> Endpoints.isOf(e, networkId)).toList();
          for (HnsEndpoint endpoint : ours) {
            if (liveHandles.contains(endpoint.name())) {
              remaining.add(endpoint.name());
            } else if (!removeDead(endpoint)) {
              remaining.add(endpoint.name());
            }
          }
          Endpoints.mappedPorts(ours, networkId)
              .forEach(
                  (handle, mapped) -> {
                    if (remaining.contains(handle)) {
                      ports.adopt(handle, mapped);
                    }
                  });
          for (String handle : ports.acquired().keySet()) {
            if (!liveHandles.contains(handle) && !remaining.contains(handle)) {
              ports.release(handle);
            }
          }
          for (ConnectedContainer container : files.all()) {
            if (liveHandles.contains(container.handle())) {
              ours.stream()
                  .filter(e -> e.id().equals(container.endpointId()))
                  .forEach(endpoint -> applyAgain(container, endpoint));
            } else if (!remaining.contains(container.handle())) {
              files.delete(container.handle());
            }
          }
          return true;
        });
  }

  private boolean removeDead(HnsEndpoint endpoint) {
    Endpoints.Removal removal = endpoints.remove(endpoint);
    if (!removal.gone()) {
      log.atWarn()
          .addKeyValue("handle", endpoint.name())
          .addKeyValue("endpoint", endpoint.id())
          .setCause(combined(removal.failures()))
          .log("endpoint of a dead container not removed, its ports stay taken");
    }
    return removal.gone();
  }

  private void applyAgain(ConnectedContainer container, HnsEndpoint endpoint) {
    HnsEndpoint wanted = container.applyTo(endpoint, config.dnsServers());
    if (wanted.policies().equals(endpoint.policies())) {
      return;
    }
    try {
      endpoints.update(wanted);
    } catch (HcsException | GardenException failed) {
      log.atWarn()
          .addKeyValue("handle", container.handle())
          .setCause(failed)
          .log("rules not applied again");
    }
  }

  private static NetworkResult result(ConnectedContainer container) {
    return new NetworkResult(
        Map.of(
            NetworkResult.CONTAINER_IP,
            container.ip(),
            NetworkResult.HOST_IP,
            HOST_IP,
            NetworkResult.MAPPED_PORTS,
            Requests.mappedPorts(container.ports())),
        List.of(),
        List.of());
  }

  private static void warn(String handle, String warning) {
    log.atWarn().addKeyValue("handle", handle).addKeyValue("rule", warning).log("rule reduced");
  }

  private static <T> T worded(Supplier<T> body) {
    try {
      return body.get();
    } catch (HcsException failed) {
      throw GardenException.failure(HnsCalls.text(failed), failed);
    }
  }

  private static GardenException combined(List<RuntimeException> failures) {
    GardenException combined =
        GardenException.failure(
            failures.stream().map(HnsCalls::text).collect(Collectors.joining(", ")));
    failures.forEach(combined::addSuppressed);
    return combined;
  }
}
