package io.gardencell.network;

import static io.gardencell.network.NetworkFixture.BLOCKS;
import static io.gardencell.network.NetworkFixture.request;
import static io.gardencell.network.NetworkFixture.rule;
import static io.gardencell.network.NetworkFixture.tcp;
import static io.gardencell.network.NetworkFixture.withUrls;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.GardenException;
import io.gardencell.api.NetIn;
import io.gardencell.api.PortRange;
import io.gardencell.api.spi.NetworkRequest;
import io.gardencell.api.spi.NetworkResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What connecting a container asks of the host besides the endpoint's policies. */
class ConnectTest {

  private final Path dir;
  private final NetworkFixture fixture;
  private final FakeHns hns;
  private WincNetwork network;

  ConnectTest(@TempDir Path dir) {
    this.dir = dir;
    fixture = new NetworkFixture(dir);
    hns = fixture.hns;
    network = fixture.network();
  }

  // winc-network.md §22 case 41
  @Test
  void theContainersAdapterGetsTheNetworksMtuOrTheConfiguredOne() {
    network.up(request("h1"));
    assertThat(hns.adapters.mtus).containsEntry("vEthernet (h1)", 1400L);
    hns.adapters.mtus.put("vEthernet (winc-nat)", 1337L);

    fixture.network(NetworkFixture.withMtu(fixture.config(), 0)).connect(request("h2"));

    assertThat(hns.adapters.mtus).containsEntry("vEthernet (h2)", 1337L);
  }

  // winc-network.md §22 case 42; §17.3; §21 weakness 7
  @Test
  void thereIsNeverAMomentWithoutRules() {
    network.up(request(List.of(tcp("8.8.8.8", "8.8.8.8", 80)), new NetIn(0, 8080)));

    assertThat(hns.documents.get(1)).contains(BLOCKS);
    String id = fixture.endpoint("h1").id();
    assertThat(hns.calls.made)
        .containsSubsequence(
            "POST /endpoints/", "POST /endpoints/" + id, "HcsModifyComputeSystem Add");
    assertThat(hns.windows).isEmpty();
  }

  // winc-network.md §17.3 step 7
  @Test
  void whereRulesNeedAnAttachmentEverythingIsBlockedUntilTheyAreThere() {
    network = fixture.network(NetworkFixture.withLimits(fixture.config(), 0, false, true));

    network.up(request(List.of(tcp("8.8.8.8", "8.8.8.8", 80)), new NetIn(0, 8080)));

    assertThat(hns.documents.get(1)).contains(BLOCKS);
    assertThat(hns.calls.made)
        .containsSubsequence(
            "HcsModifyComputeSystem Add", "POST /endpoints/" + fixture.endpoint("h1").id());
    assertThat(hns.windows).isEmpty();
  }

  // winc-network.md §22 cases 43 and 44
  @Test
  void urlsOfThePortsPropertyAreReservedOnceEach() {
    network.up(withUrls(" 8080 ,8080,9090"));

    assertThat(hns.compute.commands)
        .containsExactly(
            "netsh http add urlacl url=http://*:8080/ user=Users",
            "netsh http add urlacl url=http://*:9090/ user=Users");
    network.down("h1");
    network.up(withUrls(""));
    assertThat(hns.compute.commands).hasSize(2);
    assertThat(hns.calls.made.stream().filter("HcsOpenComputeSystem"::equals).count())
        .as("attach, reserve, look whether it lives and detach, attach")
        .isEqualTo(4);
  }

  @Test
  void onlyAHostWithoutIsolationMayLackNetsh() {
    hns.compute.netshMissing = true;
    assertThatThrownBy(() -> network.up(withUrls("8080")))
        .hasMessageStartingWith("Failed to open port: 8080, error: ");
    hns.isolated = false;
    fixture.host = hns.host();

    fixture.network().up(withUrls("8080"));

    assertThat(fixture.endpoint("h1").sharedContainers()).containsExactly("h1");
  }

  // winc-network.md §22 case 23
  @Test
  void creationsThatAreAnsweredWithoutADocumentAreLookedUp() {
    hns.silent = true;

    NetworkResult result = network.up(request("h1", new NetIn(0, 8080)));

    assertThat(result.properties()).containsEntry(NetworkResult.CONTAINER_IP, "172.30.0.2");
    assertThat(fixture.mapped("h1")).containsExactly(40000);
  }

  // winc-network.md §17.9; §21 weakness 18
  @Test
  void aWarmUpNeedsThreeCallsToHns() {
    network.up(request("h2", new NetIn(0, 8080)));
    hns.calls.made.clear();

    network.up(request("h1", new NetIn(0, 8080), new NetIn(0, 9090)));

    assertThat(fixture.hnsCalls())
        .containsExactly(
            "GET /endpoints/",
            "POST /endpoints/",
            "POST /endpoints/" + fixture.endpoint("h1").id());
  }

  static Stream<Arguments> badInput() {
    return Stream.of(
        // winc-network.md §22 case 47
        Arguments.of(request(List.of(rule(5, List.of(), List.of()))), "invalid protocol: 5"),
        // winc-network.md §22 case 48; §21 weakness 3
        Arguments.of(
            request(List.of(tcp("1.1.1.2", "1.1.1.1", 80))),
            "invalid address range: 1.1.1.2-1.1.1.1"),
        Arguments.of(
            request(List.of(tcp("1.1.1.2", "::1", 80))), "invalid address range: 1.1.1.2-::1"),
        // winc-network.md §22 case 50
        Arguments.of(
            request(List.of(rule(1, List.of(), List.of(new PortRange(90, 80))))),
            "invalid port range: 90-80"),
        // winc-network.md §22 case 51; §21 weakness 4
        Arguments.of(
            request(List.of(rule(0, List.of(), List.of(new PortRange(80, 80))))),
            "Ports cannot be specified for Protocol ALL"),
        Arguments.of(
            request(List.of(rule(3, List.of(), List.of(new PortRange(80, 80))))),
            "Ports cannot be specified for Protocol ICMP"),
        Arguments.of(
            request(List.of(rule(4, List.of(), List.of(new PortRange(80, 80))))),
            "Ports cannot be specified for Protocol ICMPV6"),
        // winc-network.md §22 case 52; §21 weakness 15
        Arguments.of(
            withUrls("80a"),
            "Invalid port in input.Properties.ports: 80a, error: strconv.Atoi: parsing \"80a\":"
                + " invalid syntax"),
        Arguments.of(
            withUrls("0"), "Invalid port in input.Properties.ports: 0, error: expected: 1-65535"),
        Arguments.of(
            withUrls("65536"),
            "Invalid port in input.Properties.ports: 65536, error: expected: 1-65535"),
        Arguments.of(
            withUrls("-1"), "Invalid port in input.Properties.ports: -1, error: expected: 1-65535"),
        // winc-network.md §22 case 55; §21 weakness 13
        Arguments.of(request("h1", new NetIn(0, 0)), "invalid container port: 0"),
        Arguments.of(request("h1", new NetIn(70000, 80)), "invalid host port: 70000"),
        // winc-network.md §22 case 56
        Arguments.of(
            request("h1", new NetIn(50000, 80), new NetIn(50000, 81)),
            "port already acquired: 50000"),
        Arguments.of(request("a/b"), "invalid handle: 'a/b'"));
  }

  @ParameterizedTest
  @MethodSource("badInput")
  void badInputReachesNeitherHnsNorThePool(NetworkRequest bad, String text) {
    assertThatThrownBy(() -> network.up(bad)).isInstanceOf(GardenException.class).hasMessage(text);

    assertThat(hns.calls.made).isEmpty();
    assertThat(dir).isEmptyDirectory();
  }

  // winc-network.md §22 case 69; §21 weakness 20
  @Test
  void aSecondUpOfALiveContainerIsRefusedAndThatOfADeadOneReplacesItsEndpoint() {
    network.up(request("h1", new NetIn(0, 8080)));
    String first = fixture.endpoint("h1").id();
    String ports = fixture.pool();

    assertThatThrownBy(() -> network.up(request("h1"))).hasMessage("endpoint h1 already exists");
    assertThat(fixture.endpoint("h1").id()).isEqualTo(first);
    assertThat(fixture.pool()).isEqualTo(ports);

    hns.endSystem("h1");
    hns.systems.add("h1");
    network.up(request("h1"));
    assertThat(fixture.endpoint("h1").id()).isNotEqualTo(first);
    assertThat(fixture.pool()).isEqualTo(NetworkFixture.EMPTY_POOL);
  }

  @Test
  void anIdOfANetworkThatWasMadeAnewIsLookedUpOnceMore() {
    network.up(request("h2"));
    network.down("h2");
    hns.networks.clear();
    fixture.network().createNetwork();

    network.up(request("h1"));

    assertThat(fixture.endpoint("h1").virtualNetwork())
        .isEqualTo(hns.networks.keySet().iterator().next());
  }

  // winc-network.md §17.1 stats; §21 weakness 37
  @Test
  void trafficIsThatOfTheEndpoint() {
    network.up(request("h1"));

    assertThat(network.traffic("h1")).contains(new io.gardencell.api.spi.Traffic(11, 22));
    assertThat(network.traffic("nobody")).isEqualTo(Optional.empty());
  }
}
