package io.gardencell.hcs;

import io.gardencell.hcs.document.EndpointStatistics;
import io.gardencell.hcs.document.HnsEndpoint;
import java.util.List;

/**
 * HNS endpoints (HNSCall on {@code /endpoints/}; hcsshim: internal/hns/hnsendpoint.go). Attaching
 * one to a compute system is {@link ComputeSystem#modify}.
 */
public interface HostEndpoints {

  /** All endpoints. */
  List<HnsEndpoint> endpoints();

  /**
   * One endpoint.
   *
   * @throws HcsException if there is none
   */
  HnsEndpoint endpoint(String id);

  /** Creates an endpoint; HNS chooses the address when the document has none. */
  HnsEndpoint createEndpoint(HnsEndpoint endpoint);

  /** Replaces the whole document, policies included. */
  HnsEndpoint updateEndpoint(String id, HnsEndpoint endpoint);

  /**
   * Deletes an endpoint.
   *
   * @throws IllegalArgumentException for an empty id
   */
  void deleteEndpoint(String id);

  /** Traffic counters of one endpoint. */
  EndpointStatistics statistics(String id);
}
