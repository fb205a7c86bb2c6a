package io.gardencell.emulator.network;

import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.HostInterface;
import io.gardencell.hcs.HostInterfaces;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsNetwork;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Adapters as they would be: one for each network and each attached endpoint. Any thread. */
final class EmulatedInterfaces implements HostInterfaces {

  private static final long ETHERNET_MTU = 1500;

  /** What Windows gives an adapter of 10 Gbit/s. */
  private static final long METRIC = 15;

  private static final long SMALLEST = 352;
  private static final long LARGEST = 65535;

  private final HnsDocuments documents;

  /** MTU of an adapter. */
  record Mtu(long mtu) {}

  EmulatedInterfaces(HnsDocuments documents) {
    this.documents = documents;
  }

  @Override
  public List<HostInterface> interfaces() {
    return List.copyOf(byId().values());
  }

  /** Adapters by the id of their network or endpoint. */
  private Map<String, HostInterface> byId() {
    Map<String, HostInterface> all = new LinkedHashMap<>();
    for (HnsNetwork n : documents.networks()) {
      List<String> addresses = n.subnets().stream().map(s -> s.gatewayAddress()).toList();
      all.put(n.id(), adapter(n.name(), n.id(), addresses, 1));
    }
    for (HnsEndpoint e : documents.endpoints()) {
      if (!e.sharedContainers().isEmpty()) {
        int compartment = (int) (number(e.id()) & 0xffff) + 2;
        all.put(e.id(), adapter(e.name(), e.id(), List.of(e.ipAddress()), compartment));
      }
    }
    return all;
  }

  /** Numbers come from the id, so that they stay while other adapters come and go. */
  private static HostInterface adapter(
      String name, String id, List<String> addresses, int compartment) {
    long number = number(id);
    return new HostInterface(
        "vEthernet (" + name + ")",
        (int) number,
        number << 24,
        compartment,
        true,
        METRIC,
        addresses);
  }

  private static long number(String id) {
    return 100 + Integer.toUnsignedLong(id.toLowerCase(Locale.ROOT).hashCode()) % 0x7fff_0000L;
  }

  private Path mtuFile(HostInterface adapter) {
    return byId().entrySet().stream()
        .filter(e -> e.getValue().luid() == adapter.luid())
        .map(e -> documents.adapterFile(e.getKey()))
        .findFirst()
        .orElseThrow(
            () -> new HcsException("GetIpInterfaceEntry", adapter.name(), HcsErrors.NOT_FOUND));
  }

  @Override
  public long mtu(HostInterface adapter) {
    return documents.state().read(mtuFile(adapter), Mtu.class).map(Mtu::mtu).orElse(ETHERNET_MTU);
  }

  @Override
  public void setMtu(HostInterface adapter, long mtu) {
    Path file = mtuFile(adapter);
    if (mtu < SMALLEST || mtu > LARGEST) {
      throw new HcsException("SetIpInterfaceEntry", adapter.name(), HcsErrors.INVALID_PARAMETER);
    }
    documents.state().write(file, new Mtu(mtu));
  }
}
