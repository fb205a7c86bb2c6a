package io.gardencell.hcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsNetwork;
import io.gardencell.hcs.document.ModifyRequest;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link HostInterfaces} does (hcs-abi.md section 11, winc-network.md section 12). */
public abstract class HostInterfacesContract extends HostContract {

  private HnsNetwork network;

  @BeforeEach
  void createNetwork() {
    network =
        host()
            .networks()
            .createNetwork(
                HnsNetwork.nat(
                    "adapters",
                    List.of(new HnsNetwork.Subnet("10.73.0.0/24", "10.73.0.1", List.of())),
                    ""));
  }

  private Optional<HostInterface> find(String name) {
    return host().interfaces().interfaces().stream()
        .filter(i -> i.name().equals("vEthernet (" + name + ")"))
        .findFirst();
  }

  private HnsEndpoint endpoint(String name) {
    return host()
        .endpoints()
        .createEndpoint(HnsEndpoint.request(name, network.id(), List.of(), ""));
  }

  @Test
  void showsTheAdapterOfANetworkInTheHostsOwnCompartment() {
    HostInterface adapter = find("adapters").orElseThrow();
    assertThat(adapter.compartment()).isEqualTo(1);
    assertThat(adapter.index()).isPositive();
  }

  // winc-network.md §21 weakness 31
  @Test
  void saysOfAnAdapterThatItIsUpAndWhatItCosts() {
    HostInterface adapter = find("adapters").orElseThrow();

    assertThat(adapter.up()).isTrue();
    assertThat(adapter.metric()).isBetween(1L, 9999L);
  }

  @Test
  void showsTheAdapterOfAnEndpointWhileItIsAttached() {
    HnsEndpoint made = endpoint("web");
    assertThat(find("web")).isEmpty();
    ComputeSystem system = running();

    system.modify(ModifyRequest.addEndpoint(made.id()));
    HostInterface adapter = find("web").orElseThrow();
    assertThat(adapter.compartment()).isNotEqualTo(1);
    assertThat(adapter.index()).isNotEqualTo(find("adapters").orElseThrow().index());

    system.modify(ModifyRequest.removeEndpoint(made.id()));
    assertThat(find("web")).isEmpty();
  }

  @Test
  void keepsAnAdapterTheSameWhileOthersComeAndGo() {
    ComputeSystem system = running();
    HnsEndpoint first = endpoint("first");
    HnsEndpoint second = endpoint("second");
    system.modify(ModifyRequest.addEndpoint(first.id()));
    system.modify(ModifyRequest.addEndpoint(second.id()));
    HostInterface before = find("second").orElseThrow();

    host().endpoints().deleteEndpoint(first.id());

    assertThat(find("second")).contains(before);
  }

  // hcs-abi.md §18 case 36
  @Test
  void setsTheMtuOfEachAdapterByItself() {
    HnsEndpoint made = endpoint("web");
    running().modify(ModifyRequest.addEndpoint(made.id()));
    HostInterface adapter = find("web").orElseThrow();
    HostInterface other = find("adapters").orElseThrow();
    assertThat(host().interfaces().mtu(adapter)).isEqualTo(1500);

    host().interfaces().setMtu(adapter, 1400);

    assertThat(host().interfaces().mtu(adapter)).isEqualTo(1400);
    assertThat(host().interfaces().mtu(other)).isEqualTo(1500);
  }

  @Test
  void refusesAnMtuThatIsNone() {
    HostInterface adapter = find("adapters").orElseThrow();
    assertThatThrownBy(() -> host().interfaces().setMtu(adapter, 20))
        .isInstanceOf(HcsException.class);
    assertThat(host().interfaces().mtu(adapter)).isEqualTo(1500);
  }

  @Test
  void refusesAnAdapterThatIsGone() {
    HostInterface adapter = find("adapters").orElseThrow();
    host().networks().deleteNetwork(network.id());

    assertThatThrownBy(() -> host().interfaces().mtu(adapter)).isInstanceOf(HcsException.class);
    assertThatThrownBy(() -> host().interfaces().setMtu(adapter, 1400))
        .isInstanceOf(HcsException.class);
  }
}
