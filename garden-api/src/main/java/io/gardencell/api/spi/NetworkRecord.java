package io.gardencell.api.spi;

import io.gardencell.api.NetOutRule;
import java.util.List;

/**
 * What a network plugin remembers of a connected container.
 *
 * @param result what connecting it gave, with the ports that were mapped since
 * @param rules outbound rules that were asked for, in order
 */
public record NetworkRecord(NetworkResult result, List<NetOutRule> rules) {

  public NetworkRecord {
    rules = List.copyOf(rules);
  }
}
