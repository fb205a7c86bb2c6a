package io.gardencell.network;

import io.gardencell.api.GardenException;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.spi.NetworkAddress;
import io.gardencell.api.spi.NetworkPlugin;
import io.gardencell.api.spi.NetworkRecord;
import io.gardencell.api.spi.NetworkRequest;
import io.gardencell.api.spi.NetworkResult;
import io.gardencell.api.spi.PortForward;
import io.gardencell.api.spi.Traffic;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.document.EndpointStatistics;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsNetwork;
import io.gardencell.network.port.ListeningPorts;
import io.gardencell.network.port.PortPool;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The network plugin over HNS: one NAT network, an endpoint per container, ports of a shared pool,
 * rules that are in force before the container is attached (spec: winc-network 17).
 *
 * <p>Any thread; changes to one container run one at a time, also those of other processes on the
 * same data directory. Failures are {@link GardenException}s in the reference's words. What could
 * not be removed or put in order is tried again by a thread that there is only meanwhile.
 */
public final class WincNetwork implements NetworkPlugin, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(WincNetwork.class);
  private static final String HOST_IP = "255.255.255.255";

  private final NatNetwork network;
  private final Endpoints endpoints;
  private final ContainerFiles files;
  private final Connector connector;
  private final HandleChanges changes;
  private final RuleChanges rules;
  private final Reconciler reconciler;

  /** A plugin on a host; makes nothing yet. */
  public WincNetwork(Host host, NetworkConfig config) {
    this(
        host,
        config,
        StepLog.ofProcess(),
        Clock.systemUTC(),
        Patience.DEFAULT,
        ListeningPorts::isListening);
  }

  /**
   * A plugin that tells its steps and waits as it is told; makes nothing yet.
   *
   * @param isListening whether the host itself uses a port
   */
  public WincNetwork(
      Host host,
      NetworkConfig config,
      StepLog steps,
      Clock clock,
      Patience patience,
      IntPredicate isListening) {
    HostCalls calls = new HostCalls(patience.call(), steps);
    Adapters adapters = new Adapters(host.interfaces(), steps);
    this.network =
        new NatNetwork(config, patience.networkReady(), host.networks(), adapters, calls);
    this.endpoints = new Endpoints(host, calls);
    this.files = new ContainerFiles(config.stateDir().resolve("containers"));
    HandleLocks locks =
        new HandleLocks(config.stateDir().resolve("handles.lock"), patience.handle());
    Leftovers leftovers = new Leftovers(config.stateDir().resolve("leftovers"));
    PortPool ports = pool(config, clock, isListening);
    this.connector =
        new Connector(
            config,
            patience.endpointReady(),
            network,
            endpoints,
            adapters,
            new UrlReservations(host, config.commandTimeout(), calls, steps),
            files,
            ports,
            leftovers,
            steps);
    // a host that hangs is not given more calls to hang in
    Retries retries = new Retries(patience.retry(), () -> calls.hanging() == 0);
    this.changes = new HandleChanges(locks, leftovers, retries, connector);
    this.rules = new RuleChanges(config, endpoints, files, ports);
    this.reconciler = new Reconciler(locks, endpoints, rules, files, ports, leftovers);
  }

  private PortPool pool(NetworkConfig config, Clock clock, IntPredicate isListening) {
    Supplier<Map<String, Set<Integer>>> mapped =
        () ->
            network
                .find()
                .map(found -> Endpoints.mappedPorts(endpoints.of(found.id())))
                .orElseGet(TreeMap::new);
    Path shared = config.sharedPortState();
    int first = config.firstPort();
    int count = config.portCount();
    return shared == null
        ? PortPool.exclusive(
            config.stateDir().resolve("port-state.json"), first, count, clock, isListening, mapped)
        : PortPool.shared(shared, first, count, clock, isListening, mapped);
  }

  /**
   * Makes the NAT network unless it is there; never touches one that differs. Then gives back the
   * ports of containers of which nothing is left; if that fails, it is for the next time.
   */
  public void createNetwork() {
    HostFailures.run(() -> network.create());
    try {
      reconciler.releaseOfTheGone();
    } catch (HcsException | GardenException failed) {
      log.atWarn().setCause(failed).log("ports of dead containers not released");
    }
  }

  /** Removes the NAT network and what dead containers left on it; refuses while one lives. */
  public void deleteNetwork() {
    HostFailures.run(() -> network.find().ifPresent(this::delete));
  }

  private void delete(HnsNetwork found) {
    List<HnsEndpoint> ours = endpoints.of(found.id());
    refuseIfLive(found, ours);
    for (HnsEndpoint dead : ours) {
      changes.run(
          dead.name(),
          () -> {
            // somebody may have been connecting it
            refuseIfLive(found, endpoints.named(dead.name()));
            connector.disconnect(dead.name());
          });
    }
    network.delete(found.id());
  }

  private void refuseIfLive(HnsNetwork found, List<HnsEndpoint> ours) {
    String live =
        ours.stream()
            .filter(endpoints::isLive)
            .map(HnsEndpoint::name)
            .sorted()
            .collect(Collectors.joining(", "));
    if (!live.isEmpty()) {
      throw GardenException.failure("network " + found.name() + " is in use by " + live);
    }
  }

  /** Like {@link #connect}; makes the network first if it is missing. */
  @Override
  public NetworkResult up(NetworkRequest request) {
    Requests.validate(request);
    return HostFailures.worded(
        () -> {
          network.ensure();
          return connect(request);
        });
  }

  /** Connects a container to the network, which must be there. */
  public NetworkResult connect(NetworkRequest request) {
    Requests.validate(request);
    return changes.change(request.handle(), () -> result(connector.connect(request)));
  }

  @Override
  public void down(String handle) {
    changes.run(handle, () -> connector.disconnect(handle));
  }

  @Override
  public PortForward netIn(NetworkAddress address, int hostPort, int containerPort) {
    Requests.validatePorts(hostPort, containerPort);
    String handle = address.handle();
    return changes.change(handle, () -> rules.addPort(handle, hostPort, containerPort));
  }

  @Override
  public void undoNetIn(NetworkAddress address, PortForward mapped) {
    String handle = address.handle();
    changes.run(handle, () -> rules.removePort(handle, mapped));
  }

  @Override
  public void netOut(NetworkAddress address, List<NetOutRule> added) {
    Requests.validateRules(added);
    String handle = address.handle();
    changes.run(handle, () -> rules.addRules(handle, added));
  }

  @Override
  public void undoNetOut(NetworkAddress address, List<NetOutRule> added) {
    String handle = address.handle();
    changes.run(handle, () -> rules.removeRules(handle, added));
  }

  @Override
  public Optional<NetworkRecord> connected(String handle) {
    return files
        .find(handle)
        .map(container -> new NetworkRecord(result(container), container.rules()));
  }

  /** The counters of the container's endpoint; empty if it has none or HNS does not tell. */
  @Override
  public Optional<Traffic> traffic(String handle) {
    try {
      return files
          .find(handle)
          .map(container -> endpoints.statistics(container.endpointId()))
          .map(WincNetwork::traffic);
    } catch (HcsException | GardenException failed) {
      log.atDebug().addKeyValue("handle", handle).setCause(failed).log("no traffic");
      return Optional.empty();
    }
  }

  private static Traffic traffic(EndpointStatistics counters) {
    return new Traffic(counters.bytesReceived(), counters.bytesSent());
  }

  /**
   * {@inheritDoc}
   *
   * <p>Also makes the network if it is missing. What cannot be put in order is logged and tried
   * again later.
   *
   * @param liveHandles may grow meanwhile: a container is in it before it is connected
   */
  @Override
  public void reconcile(Set<String> liveHandles) {
    HostFailures.run(
        () -> {
          network.create();
          String id = network.id();
          reconciler
              .run(id, liveHandles)
              .forEach(handle -> changes.retry(handle, () -> reconciler.restore(id, handle)));
        });
  }

  /**
   * Removes what earlier operations left, also those of other processes, until something cannot be
   * removed; that is logged. For a process that ends after its one operation.
   */
  public void removeLeftovers() {
    changes.removeLeftovers();
  }

  /** Ends the retries; what is left over is noted for the next start. */
  @Override
  public void close() {
    changes.close();
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
}
