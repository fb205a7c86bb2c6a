package io.gardencell.hcs;

import java.util.List;

/**
 * A network adapter (IP_ADAPTER_ADDRESSES).
 *
 * @param name friendly name, for example {@code vEthernet (winc-nat)}
 * @param index interface index
 * @param luid locally unique id, unsigned 64 bits
 * @param compartment network compartment it lives in; 1 is the host's
 * @param up whether it passes packets now
 * @param metric its part of the cost of a route over IPv4; the lowest is preferred
 * @param addresses unicast IPv4 and IPv6 addresses as text, without prefix
 */
public record HostInterface(
    String name,
    int index,
    long luid,
    int compartment,
    boolean up,
    long metric,
    List<String> addresses) {

  public HostInterface {
    addresses = List.copyOf(addresses);
  }
}
