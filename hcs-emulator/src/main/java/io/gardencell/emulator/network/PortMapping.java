package io.gardencell.emulator.network;

import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsPolicy;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A host port that leads to a port of an endpoint.
 *
 * @param protocol {@code TCP} or {@code UDP}
 * @param externalPort port of the host
 * @param endpoint id of the endpoint
 * @param address the endpoint's address in its network
 * @param internalPort port in the container
 */
record PortMapping(
    String protocol, int externalPort, String endpoint, String address, int internalPort) {

  private static final boolean LINUX = System.getProperty("os.name", "").startsWith("Linux");
  private static final String LOOPBACK = "127.0.0.1";

  /** The mappings of an endpoint's NAT policies. */
  static List<PortMapping> of(HnsEndpoint endpoint) {
    return endpoint.policies().stream()
        .filter(HnsPolicy.Nat.class::isInstance)
        .map(HnsPolicy.Nat.class::cast)
        .filter(n -> n.externalPort() != 0)
        .map(
            n ->
                new PortMapping(
                    n.protocol().toUpperCase(Locale.ROOT),
                    n.externalPort(),
                    endpoint.id(),
                    endpoint.ipAddress(),
                    n.internalPort()))
        .toList();
  }

  boolean isTcp() {
    return protocol.equals("TCP");
  }

  /** What may be mapped once on a host. */
  String hostPort() {
    return protocol + "/" + externalPort;
  }

  /**
   * Where a process of the container may listen, in the order to try: containers share the host's
   * network, so it is a loopback address. Linux has many; there a container has one of its own, 127
   * and the last three parts of its address, which lets several listen on one port.
   */
  List<InetSocketAddress> targets() {
    List<InetSocketAddress> targets = new ArrayList<>();
    if (LINUX && address.indexOf('.') > 0) {
      targets.add(
          new InetSocketAddress("127" + address.substring(address.indexOf('.')), internalPort));
    }
    targets.add(new InetSocketAddress(LOOPBACK, internalPort));
    return targets;
  }

  /** Where the host's own programs connect; nobody outside the machine. */
  InetSocketAddress listensOn() {
    return new InetSocketAddress(LOOPBACK, externalPort);
  }
}
