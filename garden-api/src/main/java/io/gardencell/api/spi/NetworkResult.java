package io.gardencell.api.spi;

import java.util.List;
import java.util.Map;

/**
 * What the {@code up} action gives.
 *
 * @param properties to be stored as container properties, for example {@link #CONTAINER_IP}
 * @param dnsServers for information
 * @param searchDomains for information
 */
public record NetworkResult(
    Map<String, String> properties, List<String> dnsServers, List<String> searchDomains) {

  /** Property: address of the container. */
  public static final String CONTAINER_IP = "garden.network.container-ip";

  /** Property: IPv6 address of the container. */
  public static final String CONTAINER_IPV6 = "garden.network.container-ipv6";

  /** Property: address of the host as the container sees it. */
  public static final String HOST_IP = "garden.network.host-ip";

  /** Property: address under which the cell is reached from outside. */
  public static final String EXTERNAL_IP = "garden.network.external-ip";

  /** Property: JSON text {@code [{"HostPort":40000,"ContainerPort":8080}]}. */
  public static final String MAPPED_PORTS = "garden.network.mapped-ports";

  public NetworkResult {
    properties = Map.copyOf(properties);
    dnsServers = List.copyOf(dnsServers);
    searchDomains = List.copyOf(searchDomains);
  }
}
