package io.gardencell.hcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsNetwork;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every {@link HostNetworks} does (hcs-abi.md section 8, winc-network.md section 4). */
public abstract class HostNetworksContract extends HostContract {

  private static List<HnsNetwork.Subnet> subnet(String prefix, String gateway) {
    return List.of(new HnsNetwork.Subnet(prefix, gateway, List.of()));
  }

  private HnsNetwork created(String name, String prefix, String gateway) {
    return host().networks().createNetwork(HnsNetwork.nat(name, subnet(prefix, gateway), ""));
  }

  @Test
  void keepsWhatItWasToldAndGivesAnId() {
    HnsNetwork made =
        host()
            .networks()
            .createNetwork(
                HnsNetwork.nat("kept", subnet("10.71.0.0/22", "10.71.0.1"), "a.example,b.example"));

    assertThat(made.id()).isNotEmpty();
    HnsNetwork listed =
        host().networks().networks().stream()
            .filter(n -> n.id().equalsIgnoreCase(made.id()))
            .findFirst()
            .orElseThrow();
    for (HnsNetwork n : List.of(made, listed)) {
      assertThat(n.name()).isEqualTo("kept");
      assertThat(n.type()).isEqualToIgnoringCase("nat");
      assertThat(n.dnsSuffix()).isEqualTo("a.example,b.example");
      assertThat(n.subnets()).hasSize(1);
      assertThat(n.subnets().get(0).addressPrefix()).isEqualTo("10.71.0.0/22");
      assertThat(n.subnets().get(0).gatewayAddress()).isEqualTo("10.71.0.1");
    }
  }

  @Test
  void choosesASubnetWhenNoneIsNamed() {
    HnsNetwork made = created("chosen", "", "");

    assertThat(made.subnets()).hasSize(1);
    assertThat(made.subnets().get(0).addressPrefix()).matches("\\d+(\\.\\d+){3}/\\d+");
    assertThat(made.subnets().get(0).gatewayAddress()).matches("\\d+(\\.\\d+){3}");
  }

  @Test
  void refusesASubnetThatOverlapsAnother() {
    created("first", "10.71.0.0/22", "10.71.0.1");

    assertThatThrownBy(() -> created("second", "10.71.2.0/24", "10.71.2.1"))
        .satisfies(hns("already exists"));
    assertThat(host().networks().networks()).extracting(HnsNetwork::name).doesNotContain("second");
  }

  @Test
  void refusesAGatewayOutsideTheSubnet() {
    assertThatThrownBy(() -> created("bad", "10.71.0.0/24", "10.72.0.1"))
        .satisfies(hns("parameter is incorrect"));
  }

  @Test
  void refusesAPrefixThatIsNone() {
    assertThatThrownBy(() -> created("bad", "10.71.0.0", "10.71.0.1"))
        .satisfies(hns("parameter is incorrect"));
  }

  // hcs-abi.md: refused before HNS is asked
  @Test
  void refusesASubnetWithoutAGateway() {
    assertThatThrownBy(() -> created("bad", "10.71.0.0/24", ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("network create error, subnet has address prefix but no gateway specified");
    assertThat(host().networks().networks()).extracting(HnsNetwork::name).doesNotContain("bad");
  }

  @Test
  void deletesANetworkWithItsEndpoints() {
    HnsNetwork made = created("gone", "10.71.0.0/24", "10.71.0.1");
    HnsEndpoint endpoint =
        host().endpoints().createEndpoint(HnsEndpoint.request("e", made.id(), List.of(), ""));

    host().networks().deleteNetwork(made.id());

    assertThat(host().networks().networks()).extracting(HnsNetwork::name).doesNotContain("gone");
    assertThatThrownBy(() -> host().endpoints().endpoint(endpoint.id()))
        .satisfies(hns("not found"));
  }

  @Test
  void refusesToDeleteWhatIsNotThere() {
    assertThatThrownBy(
            () -> host().networks().deleteNetwork("11111111-2222-3333-4444-555555555555"))
        .satisfies(hns("not found"))
        .satisfies(e -> assertThat(((HcsException) e).isNotFound()).isTrue());
  }

  // hcs-abi.md §18 case 32
  @Test
  void neverAddressesTheCollection() {
    assertThatThrownBy(() -> host().networks().deleteNetwork(""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void survivesARestart() {
    HnsNetwork made = created("stays", "10.71.0.0/24", "10.71.0.1");
    assertThat(reopened().networks().networks()).extracting(HnsNetwork::id).contains(made.id());
  }
}
