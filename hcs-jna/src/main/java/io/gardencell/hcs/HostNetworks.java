package io.gardencell.hcs;

import io.gardencell.hcs.document.HnsNetwork;
import java.util.List;

/** HNS networks (HNSCall on {@code /networks/}; hcsshim: internal/hns/hnsnetwork.go). */
public interface HostNetworks {

  /** All networks. */
  List<HnsNetwork> networks();

  /** Creates a network; a subnet with a prefix needs a gateway. */
  HnsNetwork createNetwork(HnsNetwork network);

  /**
   * Deletes a network.
   *
   * @throws IllegalArgumentException for an empty id (which would address the collection)
   */
  void deleteNetwork(String id);
}
