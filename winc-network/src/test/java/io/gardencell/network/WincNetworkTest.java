package io.gardencell.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.GardenException;
import io.gardencell.api.IpAddress;
import io.gardencell.api.IpRange;
import io.gardencell.api.NetIn;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.PortRange;
import io.gardencell.api.spi.NetworkAddress;
import io.gardencell.api.spi.NetworkRequest;
import io.gardencell.api.spi.NetworkResult;
import io.gardencell.api.spi.PortForward;
import io.gardencell.api.spi.Traffic;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.HcsJson;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsPolicy;
import io.gardencell.network.rule.Acls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WincNetworkTest {

  private static final String BLOCKS =
      "[{\"Type\":\"ACL\",\"Protocol\":256,\"Action\":\"Block\",\"Direction\":\"Out\"},"
          + "{\"Type\":\"ACL\",\"Protocol\":256,\"Action\":\"Block\",\"Direction\":\"In\"}]";

  private final Path dir;
  private final FakeHns hns = new FakeHns();
  private WincNetwork network;

  WincNetworkTest(@TempDir Path dir) {
    this.dir = dir;
    hns.systems.add("h1");
    hns.systems.add("h2");
    network = network(config(List.of(), 0, false));
  }

  private WincNetwork network(NetworkConfig config) {
    return new WincNetwork(
        hns.host(),
        config,
        StepLog.ofProcess(),
        Clock.systemUTC(),
        new Patience(
            Duration.ofSeconds(5),
            Duration.ofSeconds(9),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30)),
        port -> false);
  }

  private NetworkConfig config(List<String> dns, long bandwidth, boolean allow) {
    return new NetworkConfig(
        "winc-nat",
        "172.30.0.0/22",
        "172.30.0.1",
        1400,
        dns,
        List.of(),
        bandwidth,
        allow,
        Duration.ofMillis(200),
        40000,
        5000,
        dir,
        null,
        false);
  }

  private static NetworkRequest request(String handle, NetIn... ports) {
    return new NetworkRequest(handle, 1, Map.of(), List.of(), List.of(ports));
  }

  private static NetworkRequest request(List<NetOutRule> rules, NetIn... ports) {
    return new NetworkRequest("h1", 1, Map.of(), rules, List.of(ports));
  }

  private static NetworkRequest withPorts(String ports) {
    return new NetworkRequest("h1", 1, Map.of("ports", ports), List.of(), List.of());
  }

  private static NetOutRule tcp(String start, String end, int port) {
    return new NetOutRule(
        1,
        List.of(new IpRange(IpAddress.parse(start), IpAddress.parse(end))),
        List.of(new PortRange(port, port)),
        null,
        false);
  }

  private static NetworkAddress at(String handle) {
    return new NetworkAddress(handle, "", "");
  }

  private HnsEndpoint endpoint(String handle) {
    return hns.endpoints.values().stream()
        .filter(e -> e.name().equals(handle))
        .findFirst()
        .orElseThrow();
  }

  private String policies(String handle) {
    return HcsJson.write(endpoint(handle).policies());
  }

  private String pool() throws Exception {
    return Files.readString(dir.resolve("port-state.json"));
  }

  @Test
  void upMakesTheMissingNetworkAndDeniesEverythingByDefault() {
    NetworkResult result = network.up(request("h1"));

    assertThat(hns.networks.values()).extracting("name").containsExactly("winc-nat");
    assertThat(policies("h1")).isEqualTo(BLOCKS);
    assertThat(endpoint("h1").sharedContainers()).containsExactly("h1");
    assertThat(result.properties())
        .containsEntry(NetworkResult.CONTAINER_IP, endpoint("h1").ipAddress())
        .containsEntry(NetworkResult.HOST_IP, "255.255.255.255")
        .containsEntry(NetworkResult.MAPPED_PORTS, "[]");
    assertThat(hns.mtus).containsEntry("vEthernet (h1)", 1400L);
  }

  @Test
  void upWritesTheFullPolicyListInTheReferencesOrder() {
    network = network(config(List.of("172.30.0.1"), 1048576, false));

    NetworkResult result =
        network.up(
            request(
                List.of(tcp("8.8.8.8", "8.8.8.8", 80)), new NetIn(0, 8080), new NetIn(50000, 0)));

    String ip = endpoint("h1").ipAddress();
    assertThat(policies("h1"))
        .isEqualTo(
            ("[{'Type':'QOS','MaximumOutgoingBandwidthInBytes':1048576},"
                    + "{'Type':'ACL','Protocol':6,'Action':'Allow','Direction':'In','LocalAddresses':'IP','LocalPorts':'8080'},"
                    + "{'Type':'ACL','Protocol':6,'Action':'Allow','Direction':'In','LocalAddresses':'IP','LocalPorts':'50000'},"
                    + "{'Type':'ACL','Protocol':6,'Action':'Allow','Direction':'Out','LocalAddresses':'IP','RemoteAddresses':'8.8.8.8/32','RemotePorts':'80-80'},"
                    + "{'Type':'ACL','Protocol':6,'Action':'Allow','Direction':'Out','LocalAddresses':'IP','RemoteAddresses':'172.30.0.1/32','RemotePorts':'53-53'},"
                    + "{'Type':'ACL','Protocol':17,'Action':'Allow','Direction':'Out','LocalAddresses':'IP','RemoteAddresses':'172.30.0.1/32','RemotePorts':'53-53'},"
                    + "{'Type':'NAT','Protocol':'TCP','InternalPort':8080,'ExternalPort':40000},"
                    + "{'Type':'NAT','Protocol':'TCP','InternalPort':50000,'ExternalPort':50000}]")
                .replace('\'', '"')
                .replace("IP\"", ip + "\""));
    assertThat(result.properties())
        .containsEntry(
            NetworkResult.MAPPED_PORTS,
            "[{\"HostPort\":40000,\"ContainerPort\":8080},{\"HostPort\":50000,\"ContainerPort\":50000}]");
  }

  @Test
  void aContainerThatSaysNothingMayBeAllowedEverything() {
    network = network(config(List.of(), 0, true));

    network.up(request("h1"));
    network.up(new NetworkRequest("h2", 1, Map.of("log_config", "{}"), List.of(), List.of()));

    assertThat(endpoint("h1").policies())
        .containsExactly(Acls.allowOut(256, endpoint("h1").ipAddress(), "", ""));
    assertThat(policies("h2")).isEqualTo(BLOCKS);
  }

  @Test
  void aWarmUpNeedsThreeCallsToHns() {
    network.up(request("h2"));
    hns.calls.clear();

    network.up(request("h1", new NetIn(0, 8080)));

    assertThat(hns.calls.stream().filter(c -> c.contains(" /")).toList())
        .containsExactly(
            "GET /endpoints/", "POST /endpoints/", "POST /endpoints/" + endpoint("h1").id());
  }

  @Test
  void thereIsNeverAMomentWithoutRules() {
    network.up(request(List.of(tcp("8.8.8.8", "8.8.8.8", 80)), new NetIn(0, 8080)));
    network.netIn(at("h1"), 0, 9090);
    network.netOut(at("h1"), List.of(tcp("1.1.1.1", "1.1.1.1", 53)));

    assertThat(hns.windows).isEmpty();
    assertThat(hns.calls.indexOf("POST /endpoints/" + endpoint("h1").id()))
        .isLessThan(hns.calls.indexOf("HcsModifyComputeSystem Add"));
  }

  @Test
  void portsStayTakenWhileTheEndpointCannotBeDeletedAndReconcileFreesThem() throws Exception {
    network.createNetwork();
    hns.fail("HcsModifyComputeSystem", new HcsException("HcsModifyComputeSystem", "h1", 5));
    hns.fail(
        "DELETE /endpoints/", new HcsException("HNSCall", "", 0, "Access is denied. ", List.of()));

    assertThatThrownBy(() -> network.up(request("h1", new NetIn(0, 8080))))
        .isInstanceOf(GardenException.class)
        .hasMessage(new HcsException("x", "", 5).getMessage());

    assertThat(pool()).isEqualTo("{\"acquired_ports\":{\"h1\":[40000]}}\n");
    hns.heal();
    network.reconcile(Set.of());
    assertThat(hns.endpoints).isEmpty();
    assertThat(pool()).isEqualTo("{\"acquired_ports\":{}}\n");
  }

  @Test
  void badInputReachesNeitherHnsNorThePool() {
    List<Map.Entry<NetworkRequest, String>> bad =
        List.of(
            Map.entry(
                request(List.of(tcp("1.1.1.2", "1.1.1.1", 80))),
                "invalid address range: 1.1.1.2-1.1.1.1"),
            Map.entry(
                request(List.of(tcp("1.1.1.2", "::1", 80))), "invalid address range: 1.1.1.2-::1"),
            Map.entry(
                request(List.of(new NetOutRule(5, List.of(), List.of(), null, false))),
                "invalid protocol: 5"),
            Map.entry(
                request(
                    List.of(
                        new NetOutRule(1, List.of(), List.of(new PortRange(90, 80)), null, false))),
                "invalid port range: 90-80"),
            Map.entry(
                request(
                    List.of(
                        new NetOutRule(0, List.of(), List.of(new PortRange(80, 80)), null, false))),
                "Ports cannot be specified for Protocol ALL"),
            Map.entry(
                request(
                    List.of(
                        new NetOutRule(3, List.of(), List.of(new PortRange(80, 80)), null, false))),
                "Ports cannot be specified for Protocol ICMP"),
            Map.entry(
                request(
                    List.of(
                        new NetOutRule(4, List.of(), List.of(new PortRange(80, 80)), null, false))),
                "Ports cannot be specified for Protocol ICMPV6"),
            Map.entry(request("h1", new NetIn(0, 0)), "invalid container port: 0"),
            Map.entry(request("h1", new NetIn(70000, 80)), "invalid host port: 70000"),
            Map.entry(
                request("h1", new NetIn(50000, 80), new NetIn(50000, 81)),
                "port already acquired: 50000"),
            Map.entry(
                withPorts("80a"),
                "Invalid port in input.Properties.ports: 80a, error: strconv.Atoi: parsing \"80a\": invalid syntax"),
            Map.entry(
                withPorts("65536"),
                "Invalid port in input.Properties.ports: 65536, error: expected: 1-65535"),
            Map.entry(request("a/b"), "invalid handle: 'a/b'"));

    for (Map.Entry<NetworkRequest, String> each : bad) {
      assertThatThrownBy(() -> network.up(each.getKey()))
          .isInstanceOf(GardenException.class)
          .hasMessage(each.getValue());
    }

    assertThat(hns.calls).isEmpty();
    assertThat(dir).isEmptyDirectory();
  }

  @Test
  void urlsOfThePortsPropertyAreReservedOnceEach() {
    network.up(withPorts(" 8080 ,8080,9090"));

    assertThat(hns.compute.commands)
        .containsExactly(
            "netsh http add urlacl url=http://*:8080/ user=Users",
            "netsh http add urlacl url=http://*:9090/ user=Users");
  }

  @Test
  void aReservationThatFailsUndoesTheUp() {
    hns.compute.netshExit = java.util.Optional.of(1L);

    assertThatThrownBy(() -> network.up(withPorts("8080")))
        .hasMessage(
            "Failed to open port: 8080, error: running 'netsh http add urlacl"
                + " url=http://*:8080/ user=Users' in h1 failed: exit code 1");

    assertThat(hns.endpoints).isEmpty();
  }

  @Test
  void aReservationThatHangsIsEnded() {
    hns.compute.netshExit = java.util.Optional.empty();

    assertThatThrownBy(() -> network.up(withPorts("8080")))
        .hasMessageStartingWith("Failed to open port: 8080, error: process 4711 in container h1");

    assertThat(hns.compute.terminated).isEqualTo(1);
  }

  @Test
  void onlyAHostWithoutIsolationMayLackNetsh() {
    hns.compute.netshMissing = true;
    assertThatThrownBy(() -> network.up(withPorts("8080")))
        .hasMessageStartingWith("Failed to open port: 8080, error: ");
    hns.isolated = false;
    WincNetwork emulated = network(config(List.of(), 0, false));

    emulated.up(withPorts("8080"));

    assertThat(endpoint("h1").sharedContainers()).containsExactly("h1");
  }

  @Test
  void aSecondUpOfALiveContainerIsRefusedAndThatOfADeadOneReplacesItsEndpoint() {
    network.up(request("h1"));
    String first = endpoint("h1").id();

    assertThatThrownBy(() -> network.up(request("h1"))).hasMessage("endpoint h1 already exists");
    assertThat(endpoint("h1").id()).isEqualTo(first);

    hns.systems.remove("h1");
    assertThatThrownBy(() -> network.up(request("h1"))).isNotNull();
    assertThat(hns.endpoints).isEmpty();
    hns.systems.add("h1");
    network.up(request("h1"));
    assertThat(endpoint("h1").id()).isNotEqualTo(first);
  }

  @Test
  void downIsIdempotentAndWorksWithoutTheContainer() throws Exception {
    network.up(request("h1", new NetIn(0, 8080)));
    hns.systems.remove("h1");

    network.down("h1");
    network.down("h1");
    network.down("never-seen");

    assertThat(hns.endpoints).isEmpty();
    assertThat(pool()).isEqualTo("{\"acquired_ports\":{}}\n");
  }

  @Test
  void downNamesBothFailuresAndKeepsThePorts() throws Exception {
    network.up(request("h1", new NetIn(0, 8080)));
    hns.fail("HcsModifyComputeSystem", new HcsException("HcsModifyComputeSystem", "h1", 5));
    hns.fail(
        "DELETE /endpoints/", new HcsException("HNSCall", "", 0, "Access is denied. ", List.of()));

    assertThatThrownBy(() -> network.down("h1"))
        .hasMessage(
            new HcsException("x", "", 5).getMessage()
                + ", hns failed with error : Access is denied. ");

    assertThat(pool()).contains("40000");
    hns.heal();
    network.down("h1");
    assertThat(pool()).doesNotContain("40000");
  }

  @Test
  void downRemovesEveryEndpointOfTheName() {
    network.up(request("h1"));
    hns.createEndpoint(HnsEndpoint.request("h1", endpoint("h1").virtualNetwork(), List.of(), ""));

    network.down("h1");

    assertThat(hns.endpoints).isEmpty();
  }

  @Test
  void netInAddsAPortToALiveContainer() {
    network.up(request("h1", new NetIn(0, 8080)));

    assertThat(network.netIn(at("h1"), 0, 9090)).isEqualTo(new PortForward(40001, 9090));
    PortForward same = network.netIn(at("h1"), 0, 0);

    assertThat(same.containerPort()).isEqualTo(same.hostPort());
    assertThat(endpoint("h1").policies()).contains(Acls.nat(40000, 8080), Acls.nat(40001, 9090));
    assertThatThrownBy(() -> network.netIn(at("h1"), 40000, 1))
        .hasMessage("port already acquired: 40000");
    assertThatThrownBy(() -> network.netIn(at("nobody"), 0, 1))
        .hasMessage("unknown handle: nobody");
  }

  @Test
  void aNetInThatFailsGivesThePortBack() throws Exception {
    network.up(request("h1"));
    String before = policies("h1");
    hns.fail("POST /endpoints/", new HcsException("HNSCall", "", 5));

    assertThatThrownBy(() -> network.netIn(at("h1"), 0, 9090)).isNotNull();

    assertThat(pool()).isEqualTo("{\"acquired_ports\":{}}\n");
    assertThat(policies("h1")).isEqualTo(before);
  }

  @Test
  void netOutReplacesTheBlocksAddsAllOrNoneAndRepeatsNothing() {
    network.up(request("h1"));
    NetOutRule good = tcp("8.8.8.8", "8.8.8.8", 80);

    assertThatThrownBy(() -> network.netOut(at("h1"), List.of(good, tcp("2.2.2.2", "1.1.1.1", 80))))
        .hasMessage("invalid address range: 2.2.2.2-1.1.1.1");
    assertThat(policies("h1")).isEqualTo(BLOCKS);
    network.netOut(at("h1"), List.of(good, good));
    network.netOut(at("h1"), List.of(good));

    assertThat(endpoint("h1").policies())
        .containsExactly(Acls.allowOut(6, endpoint("h1").ipAddress(), "8.8.8.8/32", "80-80"));
  }

  @Test
  void parallelNetInsLoseNothing() {
    network.up(request("h1"));

    CompletableFuture.allOf(
            IntStream.range(0, 10)
                .mapToObj(
                    i -> CompletableFuture.runAsync(() -> network.netIn(at("h1"), 0, 9000 + i)))
                .toArray(CompletableFuture[]::new))
        .join();

    assertThat(endpoint("h1").policies().stream().filter(HnsPolicy.Nat.class::isInstance))
        .hasSize(10);
  }

  @Test
  void rulesSurviveARestartAndAreAppliedAgain() {
    network.up(request("h1"));
    network.netIn(at("h1"), 0, 9090);
    network.netOut(at("h1"), List.of(tcp("8.8.8.8", "8.8.8.8", 80)));
    HnsEndpoint whole = endpoint("h1");
    hns.endpoints.put(whole.id(), whole.withPolicies(Acls.BLOCK_ALL));
    WincNetwork restarted = network(config(List.of(), 0, false));

    restarted.reconcile(Set.of("h1"));

    assertThat(endpoint("h1").policies()).isEqualTo(whole.policies());
    assertThat(restarted.netIn(at("h1"), 0, 1).hostPort()).isEqualTo(40001);
  }

  @Test
  void reconcileKeepsTheLiveAdoptsTheirPortsAndRemovesTheDead() throws Exception {
    network.up(request("h1", new NetIn(0, 8080)));
    network.up(request("h2", new NetIn(0, 8080)));
    String net = endpoint("h1").virtualNetwork();
    HnsEndpoint live = endpoint("h1");
    hns.endpoints.put(
        live.id(),
        live.withPolicies(
            List.of(Acls.allowIn("x", 1), Acls.nat(40000, 8080), Acls.nat(40005, 1))));
    Files.writeString(
        dir.resolve("port-state.json"),
        "{\"acquired_ports\":{\"h1\":[40000],\"h2\":[40001],\"ghost\":[40002]}}\n");
    Files.delete(dir.resolve("containers/h1.json"));
    HnsEndpoint foreign = HnsEndpoint.request("foreign", "OTHER", List.of(), "");
    hns.endpoints.put("F", foreign);

    network.reconcile(Set.of("h1"));

    assertThat(hns.endpoints.values()).extracting("name").containsExactly("h1", "foreign");
    assertThat(pool()).isEqualTo("{\"acquired_ports\":{\"h1\":[40000,40005]}}\n");
    assertThat(net).isNotEmpty();
  }

  @Test
  void trafficIsThatOfTheEndpoint() {
    network.up(request("h1"));

    assertThat(network.traffic("h1")).contains(new Traffic(11, 22));
    assertThat(network.traffic("nobody")).isEmpty();
  }

  @Test
  void anExistingNetworkIsKeptAndADifferentOneRefused() {
    network.createNetwork();
    String id = hns.networks.keySet().iterator().next();
    hns.mtus.put("vEthernet (winc-nat)", 1L);
    network.createNetwork();
    WincNetwork other =
        network(
            new NetworkConfig(
                "winc-nat",
                "1.2.3.0/24",
                "1.2.3.1",
                0,
                List.of(),
                List.of(),
                0,
                false,
                Duration.ZERO,
                40000,
                5000,
                dir,
                null,
                false));

    assertThatThrownBy(other::createNetwork)
        .hasMessage(
            "nat network winc-nat exists with subnets [{AddressPrefix:172.30.0.0/22"
                + " GatewayAddress:172.30.0.1 Policies:[]}]");
    assertThat(hns.networks).containsOnlyKeys(id);
    assertThat(hns.mtus).containsEntry("vEthernet (winc-nat)", 1400L);
  }

  @Test
  void aNetworkThatGetsNoMtuIsTakenAway() {
    hns.fail("SetIpInterfaceEntry", GardenException.failure("SetIpInterfaceEntry: 0x5"));

    assertThatThrownBy(network::createNetwork).hasMessage("SetIpInterfaceEntry: 0x5");

    assertThat(hns.networks).isEmpty();
  }

  @Test
  void creationIsTriedThreeTimesForWhatPassesAndOnceForWhatDoesNot() {
    hns.fail(
        "POST /networks/", new HcsException("HNSCall", "", 0, "element not found. ", List.of()));
    assertThatThrownBy(network::createNetwork)
        .hasMessage("hns failed with error : element not found. ");
    assertThat(hns.calls.stream().filter("POST /networks/"::equals)).hasSize(3);
    hns.heal();
    hns.calls.clear();
    hns.fail("POST /networks/", new HcsException("HNSCall", "", 0x803b000d));

    assertThatThrownBy(network::createNetwork)
        .hasMessageStartingWith("failed during hnsCallRawResponse: hnsCall failed in Win32: ")
        .hasMessageEndingWith("(0x803b000d)");
    assertThat(hns.calls.stream().filter("POST /networks/"::equals)).hasSize(1);
  }

  @Test
  void aNetworkInUseIsNotDeletedAndTheDeadDoNotHinder() {
    network.up(request("h1"));
    network.up(request("h2"));
    hns.systems.remove("h2");

    assertThatThrownBy(network::deleteNetwork).hasMessage("network winc-nat is in use by h1");
    assertThat(hns.networks).hasSize(1);

    hns.systems.remove("h1");
    network.deleteNetwork();
    network.deleteNetwork();
    assertThat(hns.networks).isEmpty();
    assertThat(hns.endpoints).isEmpty();
  }

  @Test
  void aHangingCallEndsAtItsDeadline() {
    HostCalls calls = new HostCalls(Duration.ofMillis(50), StepLog.ofProcess());
    CompletableFuture<String> never = new CompletableFuture<>();

    assertThatThrownBy(() -> calls.get("/endpoints/", never::join))
        .hasMessage("HNS GET /endpoints/ timed out after 0s");
    never.complete("");
  }
}
