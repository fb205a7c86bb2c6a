package io.gardencell.network;

import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.ConsoleSignal;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostCompute;
import io.gardencell.hcs.HostEndpoints;
import io.gardencell.hcs.HostInterface;
import io.gardencell.hcs.HostInterfaces;
import io.gardencell.hcs.HostNetworks;
import io.gardencell.hcs.SystemExit;
import io.gardencell.hcs.document.EndpointStatistics;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsNetwork;
import io.gardencell.hcs.document.HnsPolicy;
import io.gardencell.hcs.document.ModifyRequest;
import io.gardencell.hcs.document.ProcessDocument;
import io.gardencell.hcs.document.ProcessProperties;
import io.gardencell.hcs.document.PropertyType;
import io.gardencell.hcs.document.SystemDocument;
import io.gardencell.hcs.document.SystemProperties;
import io.gardencell.hcs.document.SystemQuery;
import java.lang.reflect.Proxy;
import java.nio.channels.AsynchronousByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * A host that keeps networks, endpoints, attachments and MTUs in memory, fails the call it is told
 * to fail and refuses what HNS refuses (a host port mapped twice). Every method is synchronized.
 */
final class FakeHns implements HostNetworks, HostEndpoints, HostInterfaces, HostCompute {

  final Map<String, HnsNetwork> networks = new LinkedHashMap<>();
  final Map<String, HnsEndpoint> endpoints = new LinkedHashMap<>();
  final Set<String> systems = new TreeSet<>();
  final Map<String, Long> mtus = new LinkedHashMap<>();
  final List<String> calls = new ArrayList<>();
  final List<String> commands = new ArrayList<>();

  /** Endpoints that were attached, or updated while attached, without any access list. */
  final List<String> windows = new ArrayList<>();

  boolean isolated = true;
  boolean noAdapters;
  Optional<Long> netshExit = Optional.of(0L);
  boolean netshMissing;
  int terminated;
  private final Map<String, RuntimeException> faults = new LinkedHashMap<>();
  private int failAt = -1;
  private RuntimeException failure = new IllegalStateException("none");
  private int next = 1;

  synchronized void fail(String call, RuntimeException with) {
    faults.put(call, with);
  }

  synchronized void heal() {
    faults.clear();
    failAt = -1;
  }

  /** Fails the nth call from now, counted from 0. */
  synchronized void failCall(int n, RuntimeException with) {
    failAt = calls.size() + n;
    failure = with;
  }

  private void called(String call) {
    calls.add(call);
    if (calls.size() - 1 == failAt) {
      throw failure;
    }
    for (Map.Entry<String, RuntimeException> fault : faults.entrySet()) {
      if (call.startsWith(fault.getKey())) {
        throw fault.getValue();
      }
    }
  }

  Host host() {
    return new Host(
        "fake",
        "in memory",
        isolated,
        this,
        none(io.gardencell.hcs.HostProcesses.class),
        none(io.gardencell.hcs.HostVolumes.class),
        this,
        this,
        this,
        none(io.gardencell.hcs.ScratchLayers.class),
        none(io.gardencell.hcs.LayerImport.class),
        none(io.gardencell.hcs.LayerFiles.class),
        none(io.gardencell.hcs.HostQuota.class),
        () -> {});
  }

  private static <T> T none(Class<T> port) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (proxy, method, args) -> {
              throw new UnsupportedOperationException("the network does not use " + method);
            }));
  }

  @Override
  public synchronized List<HnsNetwork> networks() {
    called("GET /networks/");
    return List.copyOf(networks.values());
  }

  @Override
  public synchronized HnsNetwork createNetwork(HnsNetwork network) {
    called("POST /networks/");
    String id = "NET" + next++;
    HnsNetwork made =
        new HnsNetwork(
            id,
            network.name(),
            network.type(),
            "",
            "",
            List.of(),
            List.of(),
            network.subnets(),
            network.dnsSuffix(),
            "",
            0,
            "",
            false);
    networks.put(id, made);
    mtus.put("vEthernet (" + network.name() + ")", 1500L);
    return made;
  }

  @Override
  public synchronized void deleteNetwork(String id) {
    called("DELETE /networks/");
    if (networks.remove(id) == null) {
      throw new HcsException("HNSCall", id, 0x803B0001);
    }
  }

  @Override
  public synchronized List<HnsEndpoint> endpoints() {
    called("GET /endpoints/");
    return List.copyOf(endpoints.values());
  }

  @Override
  public synchronized HnsEndpoint endpoint(String id) {
    called("GET /endpoints/" + id);
    return known(id);
  }

  private HnsEndpoint known(String id) {
    HnsEndpoint endpoint = endpoints.get(id);
    if (endpoint == null) {
      throw new HcsException("HNSCall", id, 0x803B0002);
    }
    return endpoint;
  }

  @Override
  public synchronized HnsEndpoint createEndpoint(HnsEndpoint e) {
    called("POST /endpoints/");
    if (!networks.containsKey(e.virtualNetwork())) {
      throw new HcsException("HNSCall", e.virtualNetwork(), 0x803B0001);
    }
    String id = "EP" + next++;
    HnsEndpoint made = place(e, id, "172.30.0." + next, e.policies(), List.of());
    endpoints.put(id, made);
    return made;
  }

  private static HnsEndpoint place(
      HnsEndpoint e, String id, String ip, List<HnsPolicy> policies, List<String> shared) {
    return new HnsEndpoint(
        id,
        e.name(),
        e.virtualNetwork(),
        "winc-nat",
        policies,
        "00-15-5D-AA-BB-CC",
        ip,
        "",
        "",
        e.dnsServerList(),
        "",
        "172.30.0.1",
        "",
        false,
        false,
        22,
        0,
        false,
        false,
        0,
        shared,
        shared.isEmpty() ? 1 : 2);
  }

  @Override
  public synchronized HnsEndpoint updateEndpoint(String id, HnsEndpoint endpoint) {
    called("POST /endpoints/" + id);
    HnsEndpoint old = known(id);
    for (HnsEndpoint other : endpoints.values()) {
      for (HnsPolicy policy : endpoint.policies()) {
        if (policy instanceof HnsPolicy.Nat
            && !other.id().equals(id)
            && other.policies().contains(policy)) {
          throw new HcsException(
              "HNSCall", id, 0, "The specified port already exists. ", List.of());
        }
      }
    }
    HnsEndpoint made = place(old, id, old.ipAddress(), endpoint.policies(), old.sharedContainers());
    endpoints.put(id, made);
    noteWindow(made);
    return made;
  }

  private void noteWindow(HnsEndpoint endpoint) {
    if (!endpoint.sharedContainers().isEmpty()
        && endpoint.policies().stream().noneMatch(p -> p.type().equals("ACL"))) {
      windows.add(endpoint.name());
    }
  }

  @Override
  public synchronized void deleteEndpoint(String id) {
    called("DELETE /endpoints/");
    mtus.remove("vEthernet (" + known(id).name() + ")");
    endpoints.remove(id);
  }

  @Override
  public synchronized EndpointStatistics statistics(String id) {
    called("GET /endpointstats/");
    known(id);
    return new EndpointStatistics(11, 22, 1, 2, 0, 0, id, "");
  }

  @Override
  public synchronized List<HostInterface> interfaces() {
    called("GetAdaptersAddresses");
    List<HostInterface> all = new ArrayList<>();
    if (!noAdapters) {
      mtus.forEach((name, mtu) -> all.add(new HostInterface(name, 1, 1, 1, List.of())));
    }
    return all;
  }

  @Override
  public synchronized long mtu(HostInterface adapter) {
    called("GetIpInterfaceEntry");
    return mtus.getOrDefault(adapter.name(), 0L);
  }

  @Override
  public synchronized void setMtu(HostInterface adapter, long mtu) {
    called("SetIpInterfaceEntry");
    mtus.put(adapter.name(), mtu);
  }

  @Override
  public List<SystemProperties> enumerate(SystemQuery query) {
    throw new UnsupportedOperationException("the network does not list systems");
  }

  @Override
  public ComputeSystem create(String id, SystemDocument document, Duration timeout) {
    throw new UnsupportedOperationException("the network creates no systems");
  }

  @Override
  public synchronized ComputeSystem open(String id) {
    called("HcsOpenComputeSystem");
    if (!systems.contains(id)) {
      throw new HcsException("HcsOpenComputeSystem", id, HcsErrors.SYSTEM_NOT_FOUND);
    }
    return new FakeSystem(id);
  }

  private synchronized void modify(String system, ModifyRequest request) {
    called("HcsModifyComputeSystem " + request.requestType());
    HnsEndpoint e = known(String.valueOf(request.settings()));
    boolean add = request.requestType().equals("Add");
    HnsEndpoint made =
        place(e, e.id(), e.ipAddress(), e.policies(), add ? List.of(system) : List.of());
    endpoints.put(e.id(), made);
    if (add) {
      mtus.put("vEthernet (" + e.name() + ")", 1500L);
      noteWindow(made);
    }
  }

  private synchronized ComputeProcess process(ProcessDocument document) {
    called("HcsCreateProcess");
    if (netshMissing) {
      throw new HcsException("HcsCreateProcess", "", HcsErrors.FILE_NOT_FOUND);
    }
    commands.add(document.commandLine());
    return new FakeProcess();
  }

  private final class FakeSystem implements ComputeSystem {
    private final String id;

    FakeSystem(String id) {
      this.id = id;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public void start(Duration timeout) {
      throw new UnsupportedOperationException("start");
    }

    @Override
    public void shutdown() {
      throw new UnsupportedOperationException("shutdown");
    }

    @Override
    public void terminate() {
      throw new UnsupportedOperationException("terminate");
    }

    @Override
    public SystemProperties properties(PropertyType... types) {
      throw new UnsupportedOperationException("properties");
    }

    @Override
    public void modify(ModifyRequest request) {
      FakeHns.this.modify(id, request);
    }

    @Override
    public ComputeProcess createProcess(ProcessDocument document) {
      return process(document);
    }

    @Override
    public ComputeProcess openProcess(long pid) {
      throw new UnsupportedOperationException("openProcess");
    }

    @Override
    public CompletableFuture<SystemExit> exited() {
      throw new UnsupportedOperationException("exited");
    }

    @Override
    public void close() {}
  }

  private final class FakeProcess implements ComputeProcess {
    @Override
    public long pid() {
      return 4711;
    }

    @Override
    public Optional<AsynchronousByteChannel> stdin() {
      return Optional.empty();
    }

    @Override
    public Optional<AsynchronousByteChannel> stdout() {
      return Optional.empty();
    }

    @Override
    public Optional<AsynchronousByteChannel> stderr() {
      return Optional.empty();
    }

    @Override
    public void terminate() {
      terminated++;
    }

    @Override
    public boolean signal(ConsoleSignal signal) {
      return false;
    }

    @Override
    public ProcessProperties properties() {
      throw new UnsupportedOperationException("properties");
    }

    @Override
    public CompletableFuture<Long> exited() {
      return netshExit.map(CompletableFuture::completedFuture).orElseGet(CompletableFuture::new);
    }

    @Override
    public void close() {}
  }
}
