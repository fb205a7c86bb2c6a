package io.gardencell.network;

import io.gardencell.hcs.HostInterface;
import io.gardencell.hcs.HostInterfaces;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The virtual adapters of {@link FakeHns} and their MTUs. Every method is synchronized. */
final class FakeAdapters implements HostInterfaces {

  /** MTU by name, in the order in which the adapters came. */
  final Map<String, Long> mtus = new LinkedHashMap<>();

  /** No adapter is seen, ever. */
  boolean hidden;

  /** How many times more none is seen. */
  int looksInVain;

  private final Map<String, Integer> compartments = new HashMap<>();
  private final FakeCalls calls;

  FakeAdapters(FakeCalls calls) {
    this.calls = calls;
  }

  private static String alias(String name) {
    return "vEthernet (" + name + ")";
  }

  synchronized void add(String name, int compartment) {
    mtus.put(alias(name), 1500L);
    compartments.put(alias(name), compartment);
  }

  synchronized void remove(String name) {
    mtus.remove(alias(name));
  }

  @Override
  public synchronized List<HostInterface> interfaces() {
    calls.called("GetAdaptersAddresses");
    List<HostInterface> all = new ArrayList<>();
    if (looksInVain > 0) {
      looksInVain--;
    } else if (!hidden) {
      for (String name : mtus.keySet()) {
        int number = all.size() + 1;
        int compartment = compartments.getOrDefault(name, 1);
        all.add(new HostInterface(name, number, number, compartment, true, 15, List.of()));
      }
    }
    return all;
  }

  @Override
  public synchronized long mtu(HostInterface adapter) {
    calls.called("GetIpInterfaceEntry");
    return mtus.getOrDefault(adapter.name(), 0L);
  }

  @Override
  public synchronized void setMtu(HostInterface adapter, long mtu) {
    calls.called("SetIpInterfaceEntry");
    mtus.put(adapter.name(), mtu);
  }
}
