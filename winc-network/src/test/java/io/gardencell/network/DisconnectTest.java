package io.gardencell.network;

import static io.gardencell.network.NetworkFixture.EMPTY_POOL;
import static io.gardencell.network.NetworkFixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.NetIn;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.HnsEndpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DisconnectTest {

  private final NetworkFixture fixture;
  private final FakeHns hns;
  private final WincNetwork network;

  DisconnectTest(@TempDir Path dir) {
    fixture = new NetworkFixture(dir);
    hns = fixture.hns;
    network = fixture.network();
  }

  @BeforeEach
  void connect() {
    network.up(request("h1", new NetIn(0, 8080)));
    hns.calls.made.clear();
  }

  // winc-network.md §22 case 70
  @Test
  void aHandleWithoutAnythingNeedsOneLook() {
    network.down("never-seen");

    assertThat(hns.calls.made).containsExactly("GET /endpoints/");
  }

  // winc-network.md §22 case 71
  @Test
  void anAttachedEndpointIsDetachedAndDeletedAndItsPortsGo() {
    network.down("h1");

    assertThat(hns.calls.made)
        .containsExactly(
            "GET /endpoints/",
            "HcsOpenComputeSystem",
            "HcsModifyComputeSystem Remove",
            "DELETE /endpoints/");
    assertThat(hns.endpoints).isEmpty();
    assertThat(fixture.pool()).isEqualTo(EMPTY_POOL);
    assertThat(fixture.containerFile("h1")).doesNotExist();
  }

  // winc-network.md §22 cases 72 and 104
  @Test
  void aContainerThatIsGoneIsNoHindrance() {
    hns.systems.remove("h1");

    network.down("h1");

    assertThat(hns.endpoints).isEmpty();
    assertThat(fixture.pool()).isEqualTo(EMPTY_POOL);
  }

  // winc-network.md §22 case 73; §21 weakness 9
  @Test
  void bothFailuresAreNamedAndThePortsKept() {
    hns.calls.fail(
        "HcsModifyComputeSystem",
        new HcsException("HcsModifyComputeSystem", "h1", HcsErrors.ACCESS_DENIED));
    hns.calls.fail("DELETE /endpoints/", FakeCalls.answers("Access is denied. "));

    assertThatThrownBy(() -> network.down("h1"))
        .hasMessage("Access is denied., hns failed with error : Access is denied. ");

    assertThat(fixture.pool()).contains("40000");
    hns.heal();
    network.down("h1");
    assertThat(fixture.pool()).isEqualTo(EMPTY_POOL);
  }

  // winc-network.md §22 case 74: as §17.4 and §17.6 have it
  @Test
  void aDeletionThatFailsLeavesACorruptPoolForLaterAndOneThatSucceedsRebuildsIt()
      throws IOException {
    Path state = fixture.dir.resolve("port-state.json");
    Files.writeString(state, "{{{");
    hns.calls.fail("DELETE /endpoints/", FakeCalls.answers("Access is denied. "));

    assertThatThrownBy(() -> network.down("h1"))
        .hasMessage("hns failed with error : Access is denied. ");
    assertThat(fixture.pool()).isEqualTo("{{{");

    hns.heal();
    network.down("h1");
    assertThat(fixture.pool()).isEqualTo(EMPTY_POOL);
  }

  // winc-network.md §22 case 75; §21 weakness 20
  @Test
  void everyEndpointOfTheNameGoes() {
    hns.createEndpoint(
        HnsEndpoint.request("h1", fixture.endpoint("h1").virtualNetwork(), List.of(), ""));

    network.down("h1");

    assertThat(hns.endpoints).isEmpty();
  }

  // winc-network.md §22 case 76
  @Test
  void downTwiceAndDownWithoutUpAreNoFailures() {
    network.down("h1");
    network.down("h1");
    network.down("h2");

    assertThat(hns.endpoints).isEmpty();
    assertThat(fixture.pool()).isEqualTo(EMPTY_POOL);
  }

  // winc-network.md §22 case 78
  @ParameterizedTest
  @ValueSource(ints = {0x803B0002, 0x803B0001, 0x80070490})
  void anEndpointThatIsNotFoundIsGone(int hresult) {
    String id = fixture.endpoint("h1").id();
    hns.calls.fail("DELETE /endpoints/", FakeCalls.fails(hresult));

    network.down("h1");

    assertThat(fixture.pool()).isEqualTo(EMPTY_POOL);
    assertThat(hns.endpoints).containsOnlyKeys(id);
  }
}
