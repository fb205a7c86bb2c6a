package io.gardencell.network;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.HostInterface;
import io.gardencell.hcs.HostInterfaces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** The virtual adapters of networks and endpoints, and their MTU (spec: winc-network 12). */
final class Adapters {

  private static final long STEP = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long ETHERNET_MTU = 1500;
  private static final int HOST_COMPARTMENT = 1;

  private final HostInterfaces interfaces;
  private final StepLog steps;
  private final Supplier<Optional<String>> outside;

  Adapters(HostInterfaces interfaces, StepLog steps) {
    this(interfaces, steps, Adapters::addressToTheOutside);
  }

  /** With {@code outside} telling this machine's address towards the world. */
  Adapters(HostInterfaces interfaces, StepLog steps, Supplier<Optional<String>> outside) {
    this.interfaces = interfaces;
    this.steps = steps;
    this.outside = outside;
  }

  /** The adapter of a network or endpoint, as soon as there is one; {@code failure} is thrown. */
  HostInterface await(String name, Duration timeout, String failure) {
    long end = System.nanoTime() + timeout.toNanos();
    while (true) {
      Optional<HostInterface> found = find(name);
      if (found.isPresent()) {
        return found.get();
      }
      if (System.nanoTime() - end >= 0 || Thread.currentThread().isInterrupted()) {
        throw GardenException.failure(failure);
      }
      LockSupport.parkNanos(STEP);
    }
  }

  /** Sets the MTU of a network's adapter; 0 = that of the host's own adapter. */
  void setNetworkMtu(HostInterface adapter, int mtu) {
    setMtu(adapter, mtu == 0 ? hostMtu(adapter) : mtu);
  }

  /**
   * Sets the MTU of an endpoint's adapter; 0 = that of the network's adapter.
   *
   * @return the MTU in bytes
   */
  long setEndpointMtu(HostInterface adapter, int mtu, String networkName) {
    long value = mtu;
    if (mtu == 0) {
      value =
          interfaces.mtu(
              find(networkName)
                  .orElseThrow(
                      () ->
                          GardenException.failure(
                              "interface with name: "
                                  + alias(networkName)
                                  + ", index: 0 not found")));
    }
    setMtu(adapter, value);
    return value;
  }

  private void setMtu(HostInterface adapter, long mtu) {
    try {
      interfaces.setMtu(adapter, mtu);
    } catch (HcsException failed) {
      steps.error(HostFailures.text(failed));
      throw failed;
    }
  }

  private Optional<HostInterface> find(String name) {
    String alias = alias(name);
    return interfaces.interfaces().stream().filter(a -> a.name().equals(alias)).findFirst();
  }

  private static String alias(String name) {
    return "vEthernet (" + name + ")";
  }

  /**
   * That of the adapter with exactly the address that leads outside; without such a route, of the
   * adapter that Windows likes best; without any, that of plain Ethernet.
   */
  private long hostMtu(HostInterface network) {
    List<HostInterface> all = interfaces.interfaces();
    Optional<String> address = outside.get();
    return all.stream()
        .filter(adapter -> address.filter(adapter.addresses()::contains).isPresent())
        .findFirst()
        .or(
            () ->
                all.stream()
                    .filter(adapter -> adapter.luid() != network.luid() && leadsOutside(adapter))
                    .min(Comparator.comparingLong(HostInterface::metric)))
        .map(interfaces::mtu)
        .orElse(ETHERNET_MTU);
  }

  private static boolean leadsOutside(HostInterface adapter) {
    return adapter.up()
        && adapter.compartment() == HOST_COMPARTMENT
        && adapter.addresses().stream()
            .anyMatch(address -> !address.contains(":") && !address.startsWith("127."));
  }

  /** This machine's address towards the world, as the reference finds it; nothing is sent. */
  private static Optional<String> addressToTheOutside() {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(new InetSocketAddress("1.2.3.4", 1));
      return Optional.of(socket.getLocalAddress().getHostAddress());
    } catch (IOException | UncheckedIOException noRoute) {
      return Optional.empty();
    }
  }
}
