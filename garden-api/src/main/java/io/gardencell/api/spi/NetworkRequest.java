package io.gardencell.api.spi;

import io.gardencell.api.NetIn;
import io.gardencell.api.NetOutRule;
import java.util.List;
import java.util.Map;

/**
 * What the {@code up} action gets.
 *
 * @param handle container handle
 * @param pid init process on the host
 * @param properties client properties whose name began with {@code network.}, without that prefix,
 *     plus {@code log_config}
 * @param netOut rules for traffic out of the container
 * @param netIn ports to map
 */
public record NetworkRequest(
    String handle,
    long pid,
    Map<String, String> properties,
    List<NetOutRule> netOut,
    List<NetIn> netIn) {

  public NetworkRequest {
    properties = Map.copyOf(properties);
    netOut = List.copyOf(netOut);
    netIn = List.copyOf(netIn);
  }
}
