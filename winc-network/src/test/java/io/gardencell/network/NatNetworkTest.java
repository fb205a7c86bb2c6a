package io.gardencell.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.HnsNetwork;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NatNetworkTest {

  private static final String NAME = "vEthernet (winc-nat)";
  private static final String WANTED =
      "{\"Name\":\"winc-nat\",\"Type\":\"nat\",\"Subnets\":[{\"AddressPrefix\":\"172.30.0.0/22\","
          + "\"GatewayAddress\":\"172.30.0.1\"}]";

  private final NetworkFixture fixture;
  private final FakeHns hns;
  private final WincNetwork network;

  NatNetworkTest(@TempDir Path dir) {
    fixture = new NetworkFixture(dir);
    hns = fixture.hns;
    network = fixture.network();
  }

  // winc-network.md §22 case 12
  @Test
  void aMissingNetworkIsMadeFromTheConfiguration() {
    network.createNetwork();

    assertThat(fixture.hnsCalls()).containsExactly("GET /networks/", "POST /networks/");
    assertThat(hns.documents).containsExactly(WANTED + "}");
    assertThat(hns.adapters.mtus).containsEntry(NAME, 1400L);
  }

  // winc-network.md §22 case 12: MTU 0
  @Test
  void mtuZeroIsThatOfTheHost() {
    fixture.network(NetworkFixture.withMtu(fixture.config(), 0)).createNetwork();

    // no adapter of this host has the address that leads outside
    assertThat(hns.adapters.mtus).containsEntry(NAME, 1500L);
  }

  // winc-network.md §22 case 13
  @Test
  void searchDomainsBecomeTheDnsSuffix() {
    fixture.network(fixture.config(List.of(), List.of("a.example", "b.example"))).createNetwork();

    assertThat(hns.documents).containsExactly(WANTED + ",\"DNSSuffix\":\"a.example,b.example\"}");
  }

  // winc-network.md §22 case 14
  @ParameterizedTest
  @ValueSource(strings = {"a b", "a,b"})
  void aSearchDomainThatIsTwoIsRefused(String domain) {
    WincNetwork wrong = fixture.network(fixture.config(List.of(), List.of("good.example", domain)));

    assertThatThrownBy(wrong::createNetwork)
        .hasMessage("Invalid DNSSuffix. First invalid DNSSuffix: " + domain);
    assertThat(hns.documents).isEmpty();
  }

  // winc-network.md §22 case 15; §21 weaknesses 16, 17 and 22
  @Test
  void aNetworkThatIsThereIsKeptAndItsMtuSetAgain() {
    network.createNetwork();
    hns.adapters.mtus.put(NAME, 1L);
    hns.calls.made.clear();

    network.createNetwork();

    assertThat(fixture.hnsCalls()).containsExactly("GET /networks/");
    assertThat(hns.adapters.mtus).containsEntry(NAME, 1400L);
  }

  // winc-network.md §22 case 16
  @Test
  void aNetworkWithAnotherSubnetIsRefused() {
    hns.createNetwork(
        HnsNetwork.nat(
            "winc-nat", List.of(new HnsNetwork.Subnet("1.2.3.0/24", "1.2.3.1", List.of())), ""));

    assertThatThrownBy(network::createNetwork)
        .hasMessage(
            "nat network winc-nat exists with subnets"
                + " [{AddressPrefix:1.2.3.0/24 GatewayAddress:1.2.3.1 Policies:[]}]");
    assertThat(hns.networks).hasSize(1);
  }

  // winc-network.md §22 case 17
  @Test
  void aNetworkWithASecondSubnetIsRefused() {
    hns.createNetwork(
        HnsNetwork.nat(
            "winc-nat",
            List.of(
                new HnsNetwork.Subnet("172.30.0.0/22", "172.30.0.1", List.of()),
                new HnsNetwork.Subnet("1.2.3.0/24", "1.2.3.1", List.of())),
            ""));

    assertThatThrownBy(network::createNetwork)
        .hasMessage(
            "nat network winc-nat exists with subnets"
                + " [{AddressPrefix:172.30.0.0/22 GatewayAddress:172.30.0.1 Policies:[]}"
                + " {AddressPrefix:1.2.3.0/24 GatewayAddress:1.2.3.1 Policies:[]}]");
  }

  // winc-network.md §22 case 18
  @Test
  void aConfiguredMtuIsSetWithoutAskingForTheHosts() {
    fixture.network(NetworkFixture.withMtu(fixture.config(), 1405)).createNetwork();

    assertThat(hns.adapters.mtus).containsEntry(NAME, 1405L);
    assertThat(hns.calls.made).doesNotContain("GetIpInterfaceEntry");
  }

  // winc-network.md §22 case 19
  @Test
  void anAdapterThatComesLateIsAwaited() {
    hns.adapters.looksInVain = 3;

    network.createNetwork();

    assertThat(hns.calls.made.stream().filter("GetAdaptersAddresses"::equals)).hasSize(4);
    assertThat(hns.adapters.mtus).containsEntry(NAME, 1400L);
  }

  // winc-network.md §22 case 19: never
  @Test
  void aNetworkWhoseAdapterNeverComesIsTakenAway() {
    hns.adapters.hidden = true;

    assertThatThrownBy(network::createNetwork).hasMessage("network winc-nat not ready in time");
    assertThat(hns.networks).isEmpty();
  }

  // winc-network.md §22 case 20; §21 weakness 1
  @Test
  void creationIsTriedThreeTimesForAMissingElement() {
    hns.calls.fail("POST /networks/", FakeCalls.fails(0x80070490));

    assertThatThrownBy(network::createNetwork)
        .hasMessage(
            "failed during hnsCallRawResponse: hnsCall failed in Win32: Element not found. (0x490)");

    assertThat(hns.calls.made.stream().filter("POST /networks/"::equals)).hasSize(3);
  }

  // winc-network.md §22 case 20: success at the third
  @Test
  void creationSucceedsOnceTheElementIsThere() {
    hns.calls.fail("POST /networks/", FakeCalls.fails(0x80070490));
    hns.calls.healAfter(2);

    network.createNetwork();

    assertThat(hns.networks).hasSize(1);
    assertThat(hns.calls.made.stream().filter("POST /networks/"::equals)).hasSize(3);
  }

  // winc-network.md §22 case 20: not worth a retry
  @Test
  void creationIsTriedOnceForAnInvalidPolicy() {
    hns.calls.fail("POST /networks/", FakeCalls.fails(0x803b000d));

    assertThatThrownBy(network::createNetwork)
        .hasMessageStartingWith("failed during hnsCallRawResponse: hnsCall failed in Win32: ")
        .hasMessageEndingWith("(0x803b000d)");

    assertThat(hns.calls.made.stream().filter("POST /networks/"::equals)).hasSize(1);
  }

  // winc-network.md §22 case 21; §21 weakness 1
  @ParameterizedTest
  @ValueSource(strings = {"Element not found. ", "ELEMENT NOT FOUND.", " unspecified error "})
  void anAnswerThatPassesIsTriedAgainWhateverItsCaseAndBlanks(String error) {
    hns.calls.fail("POST /networks/", FakeCalls.answers(error));
    hns.calls.healAfter(1);

    network.createNetwork();

    assertThat(hns.networks).hasSize(1);
  }

  // winc-network.md §22 case 22
  @Test
  void withoutTheListNothingIsMade() {
    hns.calls.fail("GET /networks/", FakeCalls.fails(0x80070005));

    assertThatThrownBy(network::createNetwork)
        .hasMessage(
            "failed during hnsCallRawResponse: hnsCall failed in Win32: Access is denied. (0x5)");
    assertThat(hns.documents).isEmpty();
  }

  // winc-network.md §22 case 24
  // hcs-abi.md §18 case 30
  @Test
  void deletingFindsTheNetworkByName() {
    network.deleteNetwork();
    assertThat(hns.calls.made).containsExactly("GET /networks/");
    network.createNetwork();

    network.deleteNetwork();

    assertThat(hns.networks).isEmpty();
    network.createNetwork();
    hns.calls.fail("DELETE /networks/", FakeCalls.answers("Access is denied. "));
    assertThatThrownBy(network::deleteNetwork)
        .hasMessage("hns failed with error : Access is denied. ");
  }

  // winc-network.md §22 case 25; §21 weakness 21
  @Test
  void aNetworkInUseIsNotDeletedAndTheDeadDoNotHinder() {
    network.up(NetworkFixture.request("h1"));
    network.up(NetworkFixture.request("h2"));
    hns.systems.remove("h2");

    assertThatThrownBy(network::deleteNetwork).hasMessage("network winc-nat is in use by h1");
    assertThat(hns.networks).hasSize(1);

    hns.systems.remove("h1");
    network.deleteNetwork();
    assertThat(hns.networks).isEmpty();
    assertThat(hns.endpoints).isEmpty();
  }

  // winc-network.md §21 weakness 16
  @Test
  void aNetworkThatGetsNoMtuIsTakenAway() {
    hns.calls.fail(
        "SetIpInterfaceEntry",
        new HcsException("SetIpInterfaceEntry", "", 5, "SetIpInterfaceEntry: 0x5", List.of()));

    assertThatThrownBy(network::createNetwork).hasMessage("SetIpInterfaceEntry: 0x5");

    assertThat(hns.networks).isEmpty();
  }
}
