package io.gardencell.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.hcs.HostInterface;
import io.gardencell.hcs.HostInterfaces;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which adapter of the host the network takes its MTU from (winc-network.md §12, §21). */
class AdaptersTest {

  private static final HostInterface NETWORK =
      new HostInterface("vEthernet (winc-nat)", 1, 1, 1, true, 5, List.of("172.30.0.1"));

  private final List<HostInterface> present = new ArrayList<>(List.of(NETWORK));
  private final Map<String, Long> mtus = new HashMap<>(Map.of(NETWORK.name(), 1500L));

  private void adapter(
      String name, long mtu, int compartment, boolean up, long metric, String... addresses) {
    int number = present.size() + 1;
    present.add(
        new HostInterface(name, number, number, compartment, up, metric, List.of(addresses)));
    mtus.put(name, mtu);
  }

  private long networkMtu(Optional<String> outside) {
    HostInterfaces host =
        new HostInterfaces() {
          @Override
          public List<HostInterface> interfaces() {
            return present;
          }

          @Override
          public long mtu(HostInterface adapter) {
            return mtus.getOrDefault(adapter.name(), 0L);
          }

          @Override
          public void setMtu(HostInterface adapter, long mtu) {
            mtus.put(adapter.name(), mtu);
          }
        };
    new Adapters(host, StepLog.ofProcess(), () -> outside).setNetworkMtu(NETWORK, 0);
    return mtus.getOrDefault(NETWORK.name(), 0L);
  }

  // winc-network.md §21 weakness 29
  @Test
  void itIsTheOneWithExactlyTheAddressThatLeadsOutside() {
    adapter("cheap", 1300, 1, true, 1, "10.0.0.3");
    adapter("way out", 9000, 1, true, 50, "fe80::1", "10.0.0.4");

    assertThat(networkMtu(Optional.of("10.0.0.4"))).isEqualTo(9000);
  }

  // winc-network.md §21 weakness 31
  @Test
  void withoutAWayOutItIsTheOneOfTheLowestMetricThatIsUp() {
    adapter("loopback", 4_294_967_295L, 1, true, 1, "127.0.0.1", "::1");
    adapter("unplugged", 1200, 1, false, 2, "10.0.0.3");
    adapter("a container's", 1300, 2, true, 3, "172.30.0.5");
    adapter("without an IPv4 address", 1310, 1, true, 4, "fe80::1");
    adapter("slow", 1400, 1, true, 30, "10.0.0.4");
    adapter("fast", 1450, 1, true, 20, "10.0.0.5");

    assertThat(networkMtu(Optional.empty())).isEqualTo(1450);
    assertThat(networkMtu(Optional.of("10.9.9.9"))).as("nobody's address").isEqualTo(1450);
  }

  // winc-network.md §21 weakness 31
  @Test
  void withoutAnyItIsThatOfEthernet() {
    mtus.put(NETWORK.name(), 1L);

    assertThat(networkMtu(Optional.empty())).isEqualTo(1500);
  }
}
