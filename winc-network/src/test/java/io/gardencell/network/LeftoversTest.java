package io.gardencell.network;

import static io.gardencell.network.NetworkFixture.EMPTY_POOL;
import static io.gardencell.network.NetworkFixture.at;
import static io.gardencell.network.NetworkFixture.request;
import static io.gardencell.network.NetworkFixture.tcp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.NetIn;
import io.gardencell.api.NetOutRule;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.fault.Fault;
import io.gardencell.hcs.fault.FaultyHost;
import io.gardencell.network.rule.Acls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an up or down could not remove goes as soon as it can (winc-network.md §17.3, §17.4). */
class LeftoversTest {

  private static final NetOutRule RULE = tcp("8.8.8.8", "8.8.8.8", 53);

  private final NetworkFixture fixture;
  private final FakeHns hns;

  LeftoversTest(@TempDir Path dir) {
    fixture = new NetworkFixture(dir);
    hns = fixture.hns;
  }

  private WincNetwork retrying() {
    return fixture.network(fixture.config(), NetworkFixture.retrying(Duration.ofMillis(20)));
  }

  private Path note(String handle) {
    return fixture.dir.resolve("leftovers").resolve(handle);
  }

  private static boolean becomes(BooleanSupplier state) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!state.getAsBoolean() && System.nanoTime() < end) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    return state.getAsBoolean();
  }

  private void failToDelete(WincNetwork network, String handle) {
    hns.calls.fail("DELETE /endpoints/", FakeCalls.answers("Access is denied. "));
    assertThatThrownBy(() -> network.down(handle)).hasMessageContaining("Access is denied");
    assertThat(note(handle)).exists();
  }

  private boolean isAllGone() {
    return fixture.endpoints().isEmpty()
        && fixture.pool().equals(EMPTY_POOL)
        && !Files.exists(note("h1"))
        && !Files.exists(fixture.containerFile("h1"));
  }

  // winc-network.md §21 weaknesses 8 and 9
  @Test
  void aDownThatFailsIsRepeatedUntilItSucceeds() {
    try (WincNetwork network = retrying()) {
      network.up(request("h1", new NetIn(0, 8080)));
      failToDelete(network, "h1");

      assertThat(becomes(() -> deletions() >= 4)).as("tried again and again").isTrue();
      assertThat(fixture.pool()).as("kept meanwhile").contains("40000");
      hns.heal();

      assertThat(becomes(this::isAllGone)).isTrue();
    }
  }

  private long deletions() {
    return hns.calls.soFar().stream().filter("DELETE /endpoints/"::equals).count();
  }

  @Test
  void anUpWhoseUndoFailsIsUndoneLater() {
    try (WincNetwork network = retrying()) {
      network.createNetwork();
      hns.systems.remove("h1");
      hns.calls.fail("DELETE /endpoints/", FakeCalls.answers("Access is denied. "));
      assertThatThrownBy(() -> network.up(request("h1", new NetIn(0, 8080)))).isNotNull();
      assertThat(hns.endpoints).hasSize(1);
      hns.heal();

      assertThat(becomes(this::isAllGone)).isTrue();
    }
  }

  @Test
  void whatAReconcileCannotPutInOrderIsTriedAgain() {
    try (WincNetwork network = retrying()) {
      network.up(request("h1", new NetIn(0, 8080)));
      network.up(request("h2"));
      network.netOut(at("h2"), List.of(RULE));
      HnsEndpoint whole = fixture.endpoint("h2");
      hns.endpoints.put(whole.id(), whole.withPolicies(Acls.BLOCK_ALL));
      hns.failUpdates(FakeCalls.answers("Access is denied. "));
      hns.calls.fail("DELETE /endpoints/", FakeCalls.answers("Access is denied. "));

      network.reconcile(Set.of("h2"));
      assertThat(fixture.endpoint("h2").policies()).isEqualTo(Acls.BLOCK_ALL);
      hns.heal();

      assertThat(becomes(() -> fixture.endpoint("h2").policies().equals(whole.policies())))
          .isTrue();
      assertThat(becomes(() -> fixture.endpoints().size() == 1)).isTrue();
      assertThat(fixture.pool()).isEqualTo(EMPTY_POOL);
    }
  }

  /** The note of a down that failed must not cost the handle's next container its endpoint. */
  @Test
  void aContainerThatIsConnectedMeanwhileStays() {
    Patience patience = NetworkFixture.retrying(Duration.ofMillis(300));
    try (WincNetwork network = fixture.network(fixture.config(), patience)) {
      network.up(request("h2"));
      network.up(request("h1"));
      failToDelete(network, "h1");
      hns.heal();
      network.down("h1");
      network.up(request("h1", new NetIn(0, 8080)));
      String made = fixture.endpoint("h1").id();
      failToDelete(network, "h2");
      hns.heal();

      assertThat(becomes(() -> !Files.exists(note("h2")))).as("retries had their turn").isTrue();
      network.removeLeftovers();

      assertThat(note("h1")).doesNotExist();
      assertThat(fixture.endpoint("h1").id()).isEqualTo(made);
    }
  }

  /** Another process, or the same one after it was killed. */
  @Test
  void whatAnotherProcessLeftIsRemovedByTheNextOne() {
    failToDelete(connected("h1"), "h1");
    hns.heal();

    fixture.network().removeLeftovers();

    assertThat(isAllGone()).isTrue();
  }

  private WincNetwork connected(String handle) {
    WincNetwork network = fixture.network();
    network.up(request(handle, new NetIn(0, 8080)));
    return network;
  }

  /** So that a process which is killed anywhere leaves a note of what it leaves. */
  @ParameterizedTest
  @ValueSource(strings = {"HostEndpoints.createEndpoint", "HostEndpoints.deleteEndpoint"})
  void theNoteIsThereBeforeTheFirstStepAndGoesWithTheLast(String step) {
    try (FaultyHost slow = new FaultyHost(fixture.host)) {
      slow.inject(Fault.nth(Fault.Kind.HANG, 1).of(step));
      fixture.host = slow.host();
      WincNetwork network = fixture.network();
      CompletableFuture<Void> life =
          CompletableFuture.runAsync(
              () -> {
                network.up(request("h1", new NetIn(0, 8080)));
                network.down("h1");
              });
      assertThat(becomes(() -> slow.injected() > 0)).isTrue();

      assertThat(note("h1")).hasContent("h1");
      slow.heal();
      life.join();

      assertThat(note("h1")).doesNotExist();
    }
  }

  /** A live container is the server's word against a note that is older. */
  @Test
  void aLiveContainersNoteIsForgottenByReconcile() {
    WincNetwork network = connected("h1");
    failToDelete(network, "h1");
    hns.heal();

    network.reconcile(Set.of("h1"));
    network.removeLeftovers();

    assertThat(fixture.mapped("h1")).containsExactly(40000);
    assertThat(note("h1")).doesNotExist();
  }

  @Test
  void handlesThatSomebodyWorksOnAreLeftAlone() throws IOException {
    WincNetwork network = connected("h1");
    Files.createDirectories(note("h1").getParent());
    Files.writeString(note("h1"), "h1");
    HandleLocks locks =
        new HandleLocks(fixture.dir.resolve("handles.lock"), NetworkFixture.PATIENCE.handle());

    locks.locked(
        "h1",
        () -> {
          network.removeLeftovers();
          return true;
        });

    assertThat(fixture.mapped("h1")).containsExactly(40000);
  }

  // winc-network.md §22 case 140, on a host in memory
  @Test
  void fiftyParallelLivesLeaveNothing() {
    WincNetwork network = fixture.network();
    WincNetwork other = fixture.network();
    network.createNetwork();
    CompletableFuture.allOf(
            IntStream.range(0, 50)
                .mapToObj(
                    i -> {
                      String handle = "c" + i;
                      hns.systems.add(handle);
                      WincNetwork mine = i % 2 == 0 ? network : other;
                      return CompletableFuture.runAsync(
                          () -> {
                            mine.up(request(handle, new NetIn(0, 8080), new NetIn(0, 8081)));
                            mine.netIn(at(handle), 0, 9090);
                            mine.down(handle);
                          });
                    })
                .toArray(CompletableFuture[]::new))
        .join();

    assertThat(isAllGone()).isTrue();
    assertThat(hns.adapters.mtus).as("adapters").containsOnlyKeys("vEthernet (winc-nat)");
  }

  // winc-network.md §21 weakness 23
  @Test
  void createGivesBackThePortsOfContainersOfWhichNothingIsLeft() throws IOException {
    WincNetwork network = connected("h1");
    String both = "{\"acquired_ports\":{\"gone\":[40007],\"h1\":[40000],\"h2\":[40001]}}\n";
    Files.writeString(fixture.dir.resolve("port-state.json"), both);

    network.createNetwork();

    assertThat(fixture.pool())
        .as("h1 has an endpoint, h2 a compute system that is being connected")
        .isEqualTo("{\"acquired_ports\":{\"h1\":[40000],\"h2\":[40001]}}\n");
  }

  @Test
  void deletingTheNetworkGivesBackThePortsOfTheDead() {
    WincNetwork network = connected("h1");
    hns.endSystem("h1");

    network.deleteNetwork();

    assertThat(isAllGone()).isTrue();
  }
}
