package io.gardencell.network;

import static io.gardencell.network.NetworkFixture.EMPTY_POOL;
import static io.gardencell.network.NetworkFixture.request;
import static io.gardencell.network.NetworkFixture.withUrls;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.GardenException;
import io.gardencell.api.NetIn;
import io.gardencell.api.spi.NetworkRequest;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.network.rule.Acls;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An {@code up} that fails at a step tells of that step and leaves nothing. */
class ConnectFailureTest {

  private static final HcsException DENIED =
      new HcsException("HcsModifyComputeSystem", "h1", HcsErrors.ACCESS_DENIED);

  private final NetworkFixture fixture;
  private final FakeHns hns;
  private final WincNetwork network;
  private final NetworkRequest request =
      new NetworkRequest("h1", 1, Map.of("ports", "8080"), List.of(), List.of(new NetIn(0, 8080)));

  ConnectFailureTest(@TempDir Path dir) {
    fixture = new NetworkFixture(dir);
    hns = fixture.hns;
    network = fixture.network();
  }

  @BeforeEach
  void makeTheNetwork() {
    network.createNetwork();
  }

  private void assertFails(ThrowingCallable up, String text) {
    assertThatThrownBy(up).isInstanceOf(GardenException.class).hasMessage(text);
    assertNothingLeft();
  }

  private void assertNothingLeft() {
    assertThat(hns.endpoints).isEmpty();
    assertThat(fixture.pool()).isEqualTo(EMPTY_POOL);
    assertThat(fixture.containerFile("h1")).doesNotExist();
  }

  // winc-network.md §22 case 57
  @Test
  void theNetworkIsMissing() {
    network.deleteNetwork();

    assertFails(() -> fixture.network().connect(request), "Network winc-nat not found");
  }

  // winc-network.md §22 case 58
  @Test
  void theEndpointCannotBeMade() {
    hns.calls.fail("POST /endpoints/$", FakeCalls.answers("Access is denied. "));
    assertFails(() -> network.up(request), "hns failed with error : Access is denied. ");
    hns.heal();
    hns.calls.fail("POST /endpoints/$", FakeCalls.fails(0x80070005));

    assertFails(
        () -> network.up(request),
        "failed during hnsCallRawResponse: hnsCall failed in Win32: Access is denied. (0x5)");
  }

  // winc-network.md §22 case 59
  @Test
  void theComputeSystemIsMissing() {
    hns.systems.remove("h1");

    assertFails(() -> network.up(request), HcsErrors.text(HcsErrors.SYSTEM_NOT_FOUND));
  }

  // winc-network.md §22 case 60
  @Test
  void theAdapterNeverComes() {
    hns.adapters.hidden = true;

    assertThatThrownBy(() -> network.up(request))
        .hasMessageMatching("endpoint [0-9a-f-]{36} not ready in time");
    assertNothingLeft();
    assertThat(hns.calls.made).contains("HcsModifyComputeSystem Remove");
  }

  // winc-network.md §22 case 61
  @Test
  void noPortIsLeft() {
    WincNetwork small = fixture.network(NetworkFixture.withPorts(fixture.config(), 1, null));

    assertFails(
        () -> small.up(request("h1", new NetIn(0, 1), new NetIn(0, 2))),
        "acquire port: port pool exhausted");
  }

  // winc-network.md §22 case 62
  @Test
  void thePoliciesAreRefused() {
    hns.failUpdates(FakeCalls.fails(0x803b000d));

    assertThatThrownBy(() -> network.up(request)).hasMessageEndingWith("(0x803b000d)");
    hns.heal();
    assertNothingLeft();
  }

  // winc-network.md §22 case 63
  @Test
  void aReservationFails() {
    hns.compute.netshExit = Optional.of(1L);

    assertFails(
        () -> network.up(request),
        "Failed to open port: 8080, error: running 'netsh http add urlacl"
            + " url=http://*:8080/ user=Users' in h1 failed: exit code 1");
  }

  // winc-network.md §22 case 64; §21 weakness 14
  @Test
  void aReservationHangsAndIsEnded() {
    hns.compute.netshExit = Optional.empty();

    assertFails(
        () -> network.up(withUrls("8080")),
        "Failed to open port: 8080, error: process 4711 in container h1 encountered an error during"
            + " hcsshim::Process::Wait: hcsshim: timeout waiting for notification");
    assertThat(hns.compute.terminated).isEqualTo(1);
  }

  // winc-network.md §22 case 65
  @Test
  void theMtuCannotBeRead() {
    hns.calls.fail(
        "GetIpInterfaceEntry",
        new HcsException(
            "GetIpInterfaceEntry", "", 0x490, "GetIpInterfaceEntry: 0x490", List.of()));
    WincNetwork copying = fixture.network(NetworkFixture.withMtu(fixture.config(), 0));

    assertFails(() -> copying.connect(request), "GetIpInterfaceEntry: 0x490");
  }

  // winc-network.md §22 case 66
  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /endpoints/$",
        "HcsOpenComputeSystem",
        "HcsModifyComputeSystem Add",
        "GetAdaptersAddresses",
        "SetIpInterfaceEntry",
        "HcsCreateProcess"
      })
  void anErrorOfOursAtAnyStepIsCleanedUpAfter(String step) {
    hns.calls.fail(step, new IllegalStateException("broken"));

    assertThatThrownBy(() -> network.up(request)).hasMessage("broken");

    assertNothingLeft();
  }

  // winc-network.md §22 case 67; §17.3; §21 weaknesses 8 and 25
  @Test
  void portsStayTakenWhileTheEndpointCannotBeDeletedAndReconcileFreesThem() {
    hns.calls.fail("HcsModifyComputeSystem", DENIED);
    hns.calls.fail("DELETE /endpoints/", FakeCalls.answers("Access is denied. "));

    assertThatThrownBy(() -> network.up(request))
        .hasMessage("Access is denied.")
        .satisfies(
            failed ->
                assertThat(java.util.Objects.requireNonNull(failed.getCause()).getSuppressed())
                    .as("the undo's own failure is attached")
                    .singleElement()
                    .satisfies(
                        undo ->
                            assertThat(undo)
                                .hasMessage("hns failed with error : Access is denied. ")));

    assertThat(fixture.pool()).isEqualTo("{\"acquired_ports\":{\"h1\":[40000]}}\n");
    hns.heal();
    network.reconcile(Set.of());
    assertNothingLeft();
  }

  /** HNS may do what it reports as failed; the second try must not make a second endpoint. */
  @Test
  void aCreationThatIsTriedAgainLeavesOneEndpoint() {
    hns.failAfterCreation(FakeCalls.answers("Unspecified error"));

    network.up(request);

    assertThat(hns.endpoints).hasSize(1);
    network.down("h1");
    assertNothingLeft();
  }

  @Test
  void aHostPortOfAnotherContainerIsRefusedBeforeAnythingIsMade() {
    network.up(request);
    HnsEndpoint live = fixture.endpoint("h1");

    assertThat(live.policies()).contains(Acls.nat(40000, 8080));
    assertThatThrownBy(() -> network.up(request("h2", new NetIn(40000, 1))))
        .hasMessage("port already acquired: 40000");
    assertThat(hns.endpoints).hasSize(1);
  }
}
