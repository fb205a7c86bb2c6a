package io.gardencell.network;

import static io.gardencell.network.NetworkFixture.EMPTY_POOL;
import static io.gardencell.network.NetworkFixture.at;
import static io.gardencell.network.NetworkFixture.request;
import static io.gardencell.network.NetworkFixture.tcp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.NetIn;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsPolicy;
import io.gardencell.hcs.fault.Fault;
import io.gardencell.hcs.fault.FaultyHost;
import io.gardencell.network.rule.Acls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReconcileTest {

  private final NetworkFixture fixture;
  private final FakeHns hns;
  private final WincNetwork network;

  ReconcileTest(@TempDir Path dir) {
    fixture = new NetworkFixture(dir);
    hns = fixture.hns;
    network = fixture.network();
  }

  private void poolIs(String text) throws IOException {
    Files.writeString(fixture.dir.resolve("port-state.json"), text);
  }

  private void map(String handle, int port) {
    HnsEndpoint endpoint = fixture.endpoint(handle);
    List<HnsPolicy> policies = new ArrayList<>(endpoint.policies());
    policies.add(Acls.nat(port, 1));
    hns.endpoints.put(endpoint.id(), endpoint.withPolicies(policies));
  }

  // winc-network.md §22 case 105; §21 weakness 23
  @Test
  void theLiveStayAndTheDeadGo() throws IOException {
    network.up(request("h1", new NetIn(0, 8080)));
    network.up(request("h2", new NetIn(0, 8080)));
    poolIs("{\"acquired_ports\":{\"c\":[40002],\"h1\":[40000],\"h2\":[40001]}}\n");

    network.reconcile(Set.of("h1"));

    assertThat(hns.endpoints.values()).extracting("name").containsExactly("h1");
    assertThat(fixture.pool()).isEqualTo("{\"acquired_ports\":{\"h1\":[40000]}}\n");
    assertThat(fixture.containerFile("h1")).exists();
    assertThat(fixture.containerFile("h2")).doesNotExist();
  }

  @Test
  void whatAKilledWriterLeftGoes() throws IOException {
    network.up(request("h1"));
    Path file = fixture.containerFile("h1");
    for (String handle : new String[] {"h1", "gone"}) {
      Files.writeString(
          file.resolveSibling(handle + ".json.05f97bc3-027b-4247-becb-3bcbad4b9236.new"), "{");
    }

    network.reconcile(Set.of("h1"));

    assertThat(file.getParent()).isDirectoryContaining(file::equals);
    try (var left = Files.list(java.util.Objects.requireNonNull(file.getParent()))) {
      assertThat(left).containsExactly(file);
    }
  }

  // winc-network.md §22 case 106: a container of winc-network.exe, of which we have no file
  @Test
  void aPortThatALiveEndpointMapsIsNoted() throws IOException {
    network.up(request("h1", new NetIn(0, 8080)));
    Files.delete(fixture.containerFile("h1"));
    map("h1", 40005);

    network.reconcile(Set.of("h1"));

    assertThat(fixture.pool()).isEqualTo("{\"acquired_ports\":{\"h1\":[40000,40005]}}\n");
    assertThat(fixture.mapped("h1")).containsExactly(40000, 40005);
  }

  @Test
  void aPortNotedForADeadHandleGoesToTheLiveEndpointThatMapsIt() throws IOException {
    network.up(request("h1"));
    Files.delete(fixture.containerFile("h1"));
    map("h1", 40005);
    poolIs("{\"acquired_ports\":{\"dead\":[40005,40006]}}\n");

    network.reconcile(Set.of("h1"));

    assertThat(fixture.pool()).isEqualTo("{\"acquired_ports\":{\"h1\":[40005]}}\n");
  }

  /** Left by a net-in that could neither be done nor be undone: no answer promised it. */
  @Test
  void aMappingThatNobodyWasPromisedGoes() throws IOException {
    network.up(request("h1", new NetIn(0, 8080)));
    map("h1", 40005);
    poolIs("{\"acquired_ports\":{\"h1\":[40000,40005,40007]}}\n");

    network.reconcile(Set.of("h1"));

    assertThat(fixture.mapped("h1")).containsExactly(40000);
    assertThat(fixture.pool()).isEqualTo("{\"acquired_ports\":{\"h1\":[40000]}}\n");
  }

  // winc-network.md §22 case 107; §21 weakness 9
  @Test
  void anEndpointThatCannotBeDeletedKeepsItsPortsUntilTheNextTime() {
    network.up(request("h1", new NetIn(0, 8080)));
    network.up(request("h2", new NetIn(0, 8080)));
    hns.calls.fail("DELETE /endpoints/", FakeCalls.answers("Access is denied. "));

    network.reconcile(Set.of("h1"));

    assertThat(hns.endpoints).hasSize(2);
    assertThat(fixture.pool()).isEqualTo("{\"acquired_ports\":{\"h1\":[40000],\"h2\":[40001]}}\n");
    assertThat(fixture.containerFile("h2")).exists();
    hns.heal();
    network.reconcile(Set.of("h1"));
    assertThat(hns.endpoints).hasSize(1);
    assertThat(fixture.pool()).isEqualTo("{\"acquired_ports\":{\"h1\":[40000]}}\n");
  }

  // winc-network.md §22 case 108
  @Test
  void endpointsOfOtherNetworksStay() {
    network.createNetwork();
    hns.endpoints.put("F", HnsEndpoint.request("foreign", "OTHER", List.of(), ""));

    network.reconcile(Set.of());

    assertThat(hns.endpoints).containsOnlyKeys("F");
  }

  /** The server's set: a container is in it before it is connected. */
  @Test
  void aContainerThatIsMadeWhileTheReconcileLooksStays() {
    network.up(request("h1"));
    Set<String> live = new ConcurrentSkipListSet<>(Set.of("h1"));
    try (FaultyHost slow = new FaultyHost(fixture.host)) {
      slow.inject(Fault.nth(Fault.Kind.HANG, 1).of("HostEndpoints.endpoints"));
      fixture.host = slow.host();
      WincNetwork starting = fixture.network();
      CompletableFuture<Void> reconcile =
          CompletableFuture.runAsync(() -> starting.reconcile(live));
      while (slow.injected() == 0) {
        Thread.onSpinWait();
      }
      live.add("h2");
      network.up(request("h2", new NetIn(0, 8080)));
      slow.heal();
      reconcile.join();
    }

    assertThat(fixture.mapped("h2")).containsExactly(40000);
    assertThat(fixture.pool()).contains("\"h2\":[40000]");
    assertThat(fixture.containerFile("h2")).exists();
  }

  @Test
  void aFileThatCannotBeReadHindersNobodyElse() throws IOException {
    network.up(request("h1", new NetIn(0, 8080)));
    network.up(request("h2", new NetIn(0, 1)));
    network.netOut(at("h2"), List.of(tcp("8.8.8.8", "8.8.8.8", 53)));
    HnsEndpoint second = fixture.endpoint("h2");
    hns.endpoints.put(second.id(), second.withPolicies(Acls.BLOCK_ALL));
    Files.writeString(fixture.containerFile("h1"), "{");
    Files.writeString(fixture.containerFile("ghost"), "{");

    network.reconcile(Set.of("h1", "h2"));

    assertThat(fixture.mapped("h1")).containsExactly(40000);
    assertThat(fixture.endpoint("h2").policies()).isEqualTo(second.policies());
    assertThat(fixture.pool()).isEqualTo("{\"acquired_ports\":{\"h1\":[40000],\"h2\":[40001]}}\n");
    assertThat(fixture.containerFile("ghost")).doesNotExist();
    assertThat(fixture.containerFile("h1")).exists();
  }

  @Test
  void afterARebootNothingIsLeft() {
    network.up(request("h1", new NetIn(0, 8080)));
    hns.networks.clear();
    hns.endpoints.clear();
    hns.systems.clear();

    fixture.network().reconcile(Set.of());

    assertThat(hns.networks).hasSize(1);
    assertThat(fixture.pool()).isEqualTo(EMPTY_POOL);
    assertThat(fixture.containerFile("h1")).doesNotExist();
  }

  @Test
  void aNetworkThatDiffersStopsTheReconcile() {
    fixture.network().createNetwork();
    NetworkConfig config = fixture.config();
    NetworkConfig other =
        new NetworkConfig(
            "winc-nat",
            "1.2.3.0/24",
            "1.2.3.1",
            0,
            List.of(),
            List.of(),
            0,
            false,
            false,
            config.commandTimeout(),
            40000,
            5000,
            fixture.dir,
            null,
            false);

    assertThatThrownBy(() -> fixture.network(other).reconcile(Set.of()))
        .hasMessageStartingWith("nat network winc-nat exists with subnets ");
  }
}
