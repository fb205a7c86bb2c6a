package io.gardencell.network;

import static io.gardencell.network.NetworkFixture.BLOCKS;
import static io.gardencell.network.NetworkFixture.EMPTY_POOL;
import static io.gardencell.network.NetworkFixture.at;
import static io.gardencell.network.NetworkFixture.request;
import static io.gardencell.network.NetworkFixture.tcp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.gardencell.api.GardenException;
import io.gardencell.api.NetIn;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.spi.PortForward;
import io.gardencell.hcs.document.HcsJson;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsPolicy;
import io.gardencell.network.rule.Acls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuleChangesTest {

  private static final NetOutRule DNS = tcp("8.8.8.8", "8.8.8.8", 53);

  private final NetworkFixture fixture;
  private final FakeHns hns;
  private WincNetwork network;

  RuleChangesTest(@TempDir Path dir) {
    fixture = new NetworkFixture(dir);
    hns = fixture.hns;
    network = fixture.network();
  }

  @Test
  void aNetInThatIsUndoneLeavesNothingAndItsPortIsFree() {
    network.up(request(List.of(DNS), new NetIn(0, 8080)));
    List<HnsPolicy> before = fixture.endpoint("h1").policies();
    PortForward mapped = network.netIn(at("h1"), 0, 9090);

    network.undoNetIn(at("h1"), mapped);
    network.undoNetIn(at("h1"), mapped);
    network.undoNetIn(at("unknown"), mapped);

    assertThat(fixture.endpoint("h1").policies()).isEqualTo(before);
    assertThat(fixture.pool()).isEqualTo("{\"acquired_ports\":{\"h1\":[40000]}}\n");
    assertThat(network.netIn(at("h1"), mapped.hostPort(), 9091).hostPort())
        .isEqualTo(mapped.hostPort());
  }

  @Test
  void rulesThatAreUndoneAreNoLongerInForceAndTheOthersStay() {
    network.up(request(List.of(DNS)));
    List<HnsPolicy> before = fixture.endpoint("h1").policies();
    NetOutRule more = tcp("9.9.9.9", "9.9.9.9", 53);
    network.netOut(at("h1"), List.of(more));

    network.undoNetOut(at("h1"), List.of(more));
    network.undoNetOut(at("h1"), List.of(more));
    network.undoNetOut(at("unknown"), List.of(more));

    assertThat(fixture.endpoint("h1").policies()).isEqualTo(before);
    assertThat(network.connected("h1").orElseThrow().rules()).containsExactly(DNS);
    network.undoNetOut(at("h1"), List.of(DNS));
    assertThat(fixture.endpoint("h1").policies()).containsAll(Acls.BLOCK_ALL);
  }

  // winc-network.md §22 case 93; §21 weakness 6
  @Test
  void netInAddsAPortToALiveContainer() {
    network.up(request(List.of(DNS), new NetIn(0, 8080)));
    List<HnsPolicy> before = fixture.endpoint("h1").policies();

    assertThat(network.netIn(at("h1"), 0, 9090)).isEqualTo(new PortForward(40001, 9090));

    assertThat(fixture.endpoint("h1").policies())
        .containsAll(before)
        .contains(Acls.allowIn("172.30.0.2", 9090), Acls.nat(40001, 9090))
        .hasSize(before.size() + 2)
        .doesNotHaveDuplicates();
    assertThat(fixture.pool()).isEqualTo("{\"acquired_ports\":{\"h1\":[40000,40001]}}\n");
  }

  // winc-network.md §17.8
  @Test
  void membersOfAnEndpointThatWeDoNotKnowSurviveEveryUpdate() {
    hns.newerMembers = Map.of("Flags", HcsJson.read("[1024]", JsonNode.class));
    network.up(request("h1", new NetIn(0, 8080)));
    network.netOut(at("h1"), List.of(DNS));
    network.netIn(at("h1"), 0, 9090);
    network.reconcile(Set.of("h1"));

    List<String> updates =
        hns.documents.stream().filter(document -> document.contains("\"ID\":")).toList();

    assertThat(updates)
        .hasSizeGreaterThanOrEqualTo(3)
        .allSatisfy(document -> assertThat(document).contains("\"Flags\":[1024]"));
  }

  // winc-network.md §17.8
  @Test
  void membersOfAPolicyThatWeDoNotKnowSurviveEveryUpdate() {
    network = fixture.network(NetworkFixture.withLimits(fixture.config(), 1048576, false, false));
    network.up(request(List.of(DNS), new NetIn(0, 8080)));
    HnsEndpoint written = fixture.endpoint("h1");
    String newer = HcsJson.write(written.policies()).replace("}", ",\"Newer\":[1]}");
    List<HnsPolicy> known = HcsJson.readList(newer, HnsPolicy.class);
    hns.endpoints.put(written.id(), written.withPolicies(known));
    int requests = hns.documents.size();

    network.reconcile(Set.of("h1"));
    assertThat(hns.documents).as("what is in force is not written again").hasSize(requests);
    network.netIn(at("h1"), 0, 9090);
    network.netOut(at("h1"), List.of(tcp("1.1.1.1", "1.1.1.1", 80)));

    assertThat(fixture.endpoint("h1").policies())
        .hasSize(known.size() + 3)
        .containsAll(known)
        .contains(Acls.nat(40001, 9090));
  }

  // winc-network.md §22 case 94
  @Test
  void netInOfZeroZeroGivesOneNumberTwice() {
    network.up(request("h1"));

    PortForward same = network.netIn(at("h1"), 0, 0);

    assertThat(same).isEqualTo(new PortForward(40000, 40000));
    assertThatThrownBy(() -> network.netIn(at("h1"), 40000, 1))
        .hasMessage("port already acquired: 40000");
  }

  // winc-network.md §22 case 94: the update fails
  @Test
  void aNetInThatFailsGivesThePortBack() {
    network.up(request("h1"));
    hns.failUpdates(FakeCalls.answers("Access is denied. "));

    assertThatThrownBy(() -> network.netIn(at("h1"), 0, 9090))
        .hasMessage("hns failed with error : Access is denied. ");

    assertThat(fixture.pool()).isEqualTo(EMPTY_POOL);
    assertThat(fixture.policies("h1")).isEqualTo(BLOCKS);
  }

  // winc-network.md §22 case 95; §21 weakness 39
  @Test
  void netOutTakesTheBlocksAway() {
    network.up(request("h1"));

    network.netOut(at("h1"), List.of(DNS));

    assertThat(fixture.endpoint("h1").policies())
        .containsExactly(Acls.allowOut(6, "172.30.0.2", "8.8.8.8/32", "53-53"));
    assertThat(hns.windows).isEmpty();
  }

  // winc-network.md §22 case 96
  @Test
  void bulkNetOutAddsAllOrNoneAndRepeatsNothing() {
    network.up(request("h1"));

    assertThatThrownBy(() -> network.netOut(at("h1"), List.of(DNS, tcp("2.2.2.2", "1.1.1.1", 80))))
        .hasMessage("invalid address range: 2.2.2.2-1.1.1.1");
    assertThat(fixture.policies("h1")).isEqualTo(BLOCKS);
    network.netOut(at("h1"), List.of(DNS, DNS));
    hns.calls.made.clear();
    network.netOut(at("h1"), List.of(DNS));

    assertThat(fixture.endpoint("h1").policies()).hasSize(1);
    assertThat(hns.calls.made).isEmpty();
  }

  // winc-network.md §22 case 97
  @Test
  void anUnknownHandleIsNamed() {
    assertThatThrownBy(() -> network.netIn(at("nobody"), 0, 1))
        .isInstanceOf(GardenException.ContainerNotFound.class)
        .hasMessage("unknown handle: nobody");
    assertThatThrownBy(() -> network.netOut(at("nobody"), List.of(DNS)))
        .hasMessage("unknown handle: nobody");
    assertThat(fixture.pool()).isEmpty();
  }

  // winc-network.md §22 case 98
  @Test
  void parallelNetInsLoseNothing() {
    network.up(request("h1"));
    WincNetwork other = fixture.network();

    CompletableFuture.allOf(
            IntStream.range(0, 10)
                .mapToObj(
                    i ->
                        CompletableFuture.runAsync(
                            () -> (i % 2 == 0 ? network : other).netIn(at("h1"), 0, 9000 + i)))
                .toArray(CompletableFuture[]::new))
        .join();

    assertThat(fixture.mapped("h1")).hasSize(10);
    assertThat(fixture.endpoint("h1").policies()).hasSize(20);
  }

  // winc-network.md §17.3, §17.5, §22 case 42
  @Test
  void noChangeOfALiveContainerHasAMomentWithoutRules() {
    network.up(request("h1"));
    int calls = hns.calls.made.size();
    network.netIn(at("h1"), 0, 9090);
    network.netOut(at("h1"), List.of(DNS));
    HnsEndpoint whole = fixture.endpoint("h1");
    hns.endpoints.put(whole.id(), whole.withPolicies(Acls.BLOCK_ALL));
    fixture.network().reconcile(Set.of("h1"));

    String update = "POST /endpoints/" + whole.id();
    assertThat(hns.calls.made.subList(calls, hns.calls.made.size()))
        .as("each change is one replacing update, never a removal and an addition")
        .filteredOn(call -> !call.startsWith("G"))
        .containsExactly(update, update, "SetIpInterfaceEntry", update);
    assertThat(hns.documents.subList(2, hns.documents.size()))
        .hasSize(4)
        .allSatisfy(document -> assertThat(document).contains("\"Type\":\"ACL\""));
    assertThat(hns.windows).isEmpty();
  }

  // winc-network.md §17.7; §21 weakness 34
  @Test
  void rulesSurviveARestartAndAreAppliedAgain() {
    network.up(request("h1"));
    network.netIn(at("h1"), 0, 9090);
    network.netOut(at("h1"), List.of(DNS));
    HnsEndpoint whole = fixture.endpoint("h1");
    hns.endpoints.put(whole.id(), whole.withPolicies(Acls.BLOCK_ALL));
    WincNetwork restarted = fixture.network();

    restarted.reconcile(Set.of("h1"));

    assertThat(fixture.endpoint("h1").policies()).isEqualTo(whole.policies());
    assertThat(restarted.netIn(at("h1"), 0, 1).hostPort()).isEqualTo(40001);
  }

  @Test
  void policiesThatAreNotOursStay() {
    network.up(request("h1"));
    HnsEndpoint endpoint = fixture.endpoint("h1");
    HnsPolicy limit = new HnsPolicy.Qos(1000);
    hns.endpoints.put(endpoint.id(), endpoint.withPolicies(List.of(limit)));

    network.netIn(at("h1"), 0, 80);

    assertThat(fixture.endpoint("h1").policies())
        .containsExactly(limit, Acls.allowIn("172.30.0.2", 80), Acls.nat(40000, 80));
  }

  @Test
  void aFileThatCannotBeReadIsNamed() throws IOException {
    network.up(request("h1"));
    Files.writeString(fixture.containerFile("h1"), "{");

    assertThatThrownBy(() -> network.netIn(at("h1"), 0, 80))
        .hasMessageStartingWith("read " + fixture.containerFile("h1") + ": ");
    assertThat(network.traffic("h1")).isEmpty();
  }
}
