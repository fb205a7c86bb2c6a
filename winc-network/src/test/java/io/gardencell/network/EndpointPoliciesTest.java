package io.gardencell.network;

import static io.gardencell.network.NetworkFixture.BLOCKS;
import static io.gardencell.network.NetworkFixture.request;
import static io.gardencell.network.NetworkFixture.rule;
import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.api.IcmpControl;
import io.gardencell.api.IpAddress;
import io.gardencell.api.IpRange;
import io.gardencell.api.NetIn;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.PortRange;
import io.gardencell.api.spi.NetworkRequest;
import io.gardencell.api.spi.NetworkResult;
import io.gardencell.hcs.document.HnsPolicy;
import io.gardencell.network.rule.Acls;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which policies an endpoint has after a container is connected, and in which order. */
class EndpointPoliciesTest {

  private final Path dir;
  private final NetworkFixture fixture;
  private final FakeHns hns;
  private WincNetwork network;

  EndpointPoliciesTest(@TempDir Path dir) {
    this.dir = dir;
    fixture = new NetworkFixture(dir);
    hns = fixture.hns;
    network = fixture.network();
  }

  // winc-network.md §22 case 26
  @Test
  void aContainerWithoutRulesMayDoNothing() {
    NetworkResult result = network.up(request("h1"));

    assertThat(fixture.policies("h1")).isEqualTo(BLOCKS);
    assertThat(fixture.endpoint("h1").sharedContainers()).containsExactly("h1");
    assertThat(result.properties())
        .containsOnly(
            Map.entry(NetworkResult.CONTAINER_IP, "172.30.0.2"),
            Map.entry(NetworkResult.HOST_IP, "255.255.255.255"),
            Map.entry(NetworkResult.MAPPED_PORTS, "[]"));
  }

  // winc-network.md §22 cases 27, 28 and 29
  @Test
  void aContainerThatSaysNothingMayBeAllowedEverything() {
    network = fixture.network(NetworkFixture.withLimits(fixture.config(), 0, true, false));

    network.up(request("h1"));
    network.up(new NetworkRequest("h2", 1, Map.of("log_config", "{}"), List.of(), List.of()));

    assertThat(fixture.policies("h1"))
        .isEqualTo(
            "[{\"Type\":\"ACL\",\"Protocol\":256,\"Action\":\"Allow\",\"Direction\":\"Out\","
                + "\"LocalAddresses\":\"172.30.0.2\"}]");
    assertThat(fixture.policies("h2")).isEqualTo(BLOCKS);
    network.down("h1");
    network.up(request("h1", new NetIn(0, 8080)));
    assertThat(fixture.endpoint("h1").policies())
        .containsExactly(Acls.allowIn(fixture.ip("h1"), 8080), Acls.nat(40000, 8080));
  }

  // winc-network.md §21 weakness 36
  @Test
  void whatDiegoAddsToEveryContainerNeedNotCount() {
    String allowing =
        "{\"network_name\":\"winc-nat\",\"subnet_range\":\"172.30.0.0/22\","
            + "\"gateway_address\":\"172.30.0.1\",\"mtu\":1400,"
            + "\"allow_outbound_traffic_by_default\":true,\"ignore_log_config\":true}";
    network = fixture.network(NetworkConfig.read(allowing, dir));

    network.up(new NetworkRequest("h1", 1, Map.of("log_config", "{}"), List.of(), List.of()));
    network.up(
        new NetworkRequest(
            "h2", 1, Map.of("log_config", "{}", "policy_group_id", "g"), List.of(), List.of()));

    assertThat(fixture.policies("h1")).contains("\"Allow\"").doesNotContain("Block");
    assertThat(fixture.policies("h2")).isEqualTo(BLOCKS);
  }

  // winc-network.md §22 case 30
  @Test
  void dnsServersAreToldAndReachable() {
    network = fixture.network(fixture.config(List.of("172.30.0.1", "8.8.8.8"), List.of()));

    network.up(request("h1"));

    assertThat(fixture.endpoint("h1").dnsServerList()).isEqualTo("172.30.0.1,8.8.8.8");
    assertThat(fixture.endpoint("h1").policies())
        .containsExactly(
            Acls.allowOut(6, "172.30.0.2", "172.30.0.1/32", "53-53"),
            Acls.allowOut(17, "172.30.0.2", "172.30.0.1/32", "53-53"),
            Acls.allowOut(6, "172.30.0.2", "8.8.8.8/32", "53-53"),
            Acls.allowOut(17, "172.30.0.2", "8.8.8.8/32", "53-53"));
  }

  // winc-network.md §22 case 31
  @Test
  void thePolicyListIsInTheReferencesOrder() {
    network =
        fixture.network(
            NetworkFixture.withLimits(
                fixture.config(List.of("172.30.0.1"), List.of()), 1048576, false, false));
    NetOutRule web =
        rule(
            1,
            List.of(
                NetworkFixture.range("8.8.8.8", "8.8.8.8"),
                NetworkFixture.range("10.0.0.0", "11.255.255.255")),
            List.of(new PortRange(80, 80), new PortRange(8080, 8090)));

    network.up(request(List.of(web), new NetIn(0, 8080)));

    assertThat(fixture.policies("h1"))
        .isEqualTo(
            ("[{'Type':'QOS','MaximumOutgoingBandwidthInBytes':1048576},"
                    + "{'Type':'ACL','Protocol':6,'Action':'Allow','Direction':'In',"
                    + "'LocalAddresses':'172.30.0.2','LocalPorts':'8080'},"
                    + "{'Type':'ACL','Protocol':6,'Action':'Allow','Direction':'Out',"
                    + "'LocalAddresses':'172.30.0.2','RemoteAddresses':'8.8.8.8/32,10.0.0.0/7',"
                    + "'RemotePorts':'80-80,8080-8090'},"
                    + "{'Type':'ACL','Protocol':6,'Action':'Allow','Direction':'Out',"
                    + "'LocalAddresses':'172.30.0.2','RemoteAddresses':'172.30.0.1/32',"
                    + "'RemotePorts':'53-53'},"
                    + "{'Type':'ACL','Protocol':17,'Action':'Allow','Direction':'Out',"
                    + "'LocalAddresses':'172.30.0.2','RemoteAddresses':'172.30.0.1/32',"
                    + "'RemotePorts':'53-53'},"
                    + "{'Type':'NAT','Protocol':'TCP','InternalPort':8080,'ExternalPort':40000}]")
                .replace('\'', '"'));
  }

  // winc-network.md §22 case 32
  @Test
  void theBandwidthIsLimitedFromTheCreationOnAndOnce() {
    network = fixture.network(NetworkFixture.withLimits(fixture.config(), 1048576, false, false));

    network.up(request("h1"));

    String limit = "{\"Type\":\"QOS\",\"MaximumOutgoingBandwidthInBytes\":1048576}";
    assertThat(hns.documents.get(1)).contains("\"Policies\":[" + limit);
    assertThat(fixture.policies("h1")).containsOnlyOnce(limit);
  }

  // winc-network.md §22 cases 33 and 34
  @Test
  void mappedPortsComeInTheOrderTheyWereAskedFor() {
    NetworkResult result =
        network.up(
            request(
                "h1",
                new NetIn(0, 8080),
                new NetIn(0, 8080),
                new NetIn(50000, 9000),
                new NetIn(50001, 0)));

    assertThat(result.properties())
        .containsEntry(
            NetworkResult.MAPPED_PORTS,
            "[{\"HostPort\":40000,\"ContainerPort\":8080},"
                + "{\"HostPort\":40001,\"ContainerPort\":8080},"
                + "{\"HostPort\":50000,\"ContainerPort\":9000},"
                + "{\"HostPort\":50001,\"ContainerPort\":50001}]");
    assertThat(fixture.endpoint("h1").policies())
        .containsExactly(
            Acls.allowIn("172.30.0.2", 8080),
            Acls.allowIn("172.30.0.2", 8080),
            Acls.allowIn("172.30.0.2", 9000),
            Acls.allowIn("172.30.0.2", 50001),
            Acls.nat(40000, 8080),
            Acls.nat(40001, 8080),
            Acls.nat(50000, 9000),
            Acls.nat(50001, 50001));
  }

  static Stream<Arguments> rules() {
    IpAddress google = IpAddress.parse("8.8.8.8");
    return Stream.of(
        // winc-network.md §22 case 35
        Arguments.of(rule(1, List.of(), List.of()), acl(6, "", "")),
        // winc-network.md §22 case 36
        Arguments.of(
            new NetOutRule(3, List.of(), List.of(), new IcmpControl(8, 0), false), acl(1, "", "")),
        // winc-network.md §22 case 37
        Arguments.of(
            rule(
                2,
                List.of(
                    NetworkFixture.range("0.0.0.0", "255.255.255.255"),
                    NetworkFixture.range("1.1.1.1", "1.1.1.1")),
                List.of()),
            acl(17, "", "")),
        // winc-network.md §22 case 38; §21 weakness 2
        Arguments.of(
            rule(0, List.of(new IpRange(google, null)), List.of()), acl(256, "8.8.8.8/32", "")),
        // winc-network.md §22 case 39
        Arguments.of(
            rule(1, List.of(), List.of(new PortRange(53, 53), new PortRange(8080, 8090))),
            acl(6, "", "53-53,8080-8090")));
  }

  private static HnsPolicy acl(int protocol, String addresses, String ports) {
    return Acls.allowOut(protocol, "172.30.0.2", addresses, ports);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void aRuleBecomesOneAccessList(NetOutRule rule, HnsPolicy expected) {
    network.up(request(List.of(rule)));

    assertThat(fixture.endpoint("h1").policies()).containsExactly(expected);
  }

  // winc-network.md §22 cases 53 and 54; §21 weaknesses 2 and 5
  @Test
  void whatIpv4CannotSayIsDroppedAndNeverWidensARule() {
    IpRange v6 = NetworkFixture.range("::1", "::2");
    IpRange v4 = NetworkFixture.range("8.8.8.8", "8.8.8.8");

    network.up(request(List.of(rule(0, List.of(v6), List.of()), rule(4, List.of(), List.of()))));
    assertThat(fixture.policies("h1")).isEqualTo(BLOCKS);
    network.netOut(NetworkFixture.at("h1"), List.of(rule(1, List.of(v6, v4), List.of())));

    assertThat(fixture.endpoint("h1").policies()).containsExactly(acl(6, "8.8.8.8/32", ""));
  }
}
