package io.gardencell.hcs.golden;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gardencell.hcs.HostEndpoints;
import io.gardencell.hcs.HostNetworks;
import io.gardencell.hcs.document.EndpointStatistics;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsNetwork;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Notes requests to HNS. */
final class RecordingHns implements HostNetworks, HostEndpoints {

  private final Tape tape;
  private final HostNetworks networks;
  private final HostEndpoints endpoints;

  RecordingHns(Tape tape, HostNetworks networks, HostEndpoints endpoints) {
    this.tape = tape;
    this.networks = networks;
    this.endpoints = endpoints;
  }

  @Override
  public List<HnsNetwork> networks() {
    return request("GET", "/networks/", null, networks::networks);
  }

  @Override
  public HnsNetwork createNetwork(HnsNetwork network) {
    return request("POST", "/networks/", network, () -> networks.createNetwork(network));
  }

  @Override
  public void deleteNetwork(String id) {
    request(
        "DELETE",
        "/networks/" + id,
        null,
        () -> {
          networks.deleteNetwork(id);
          return true;
        });
  }

  @Override
  public List<HnsEndpoint> endpoints() {
    return request("GET", "/endpoints/", null, endpoints::endpoints);
  }

  @Override
  public HnsEndpoint endpoint(String id) {
    return request("GET", "/endpoints/" + id, null, () -> endpoints.endpoint(id));
  }

  @Override
  public HnsEndpoint createEndpoint(HnsEndpoint endpoint) {
    return request("POST", "/endpoints/", endpoint, () -> endpoints.createEndpoint(endpoint));
  }

  @Override
  public HnsEndpoint updateEndpoint(String id, HnsEndpoint endpoint) {
    return request(
        "POST", "/endpoints/" + id, endpoint, () -> endpoints.updateEndpoint(id, endpoint));
  }

  @Override
  public void deleteEndpoint(String id) {
    request(
        "DELETE",
        "/endpoints/" + id,
        null,
        () -> {
          endpoints.deleteEndpoint(id);
          return true;
        });
  }

  @Override
  public EndpointStatistics statistics(String id) {
    return request("GET", "/endpointstats/" + id, null, () -> endpoints.statistics(id));
  }

  private <T> T request(String method, String path, @Nullable Object document, Supplier<T> action) {
    ObjectNode args = Tape.args().put("method", method).put("path", path);
    if (document == null) {
      args.put("request", "");
    } else {
      args.set("request", Tape.tree(document));
    }
    return tape.call("HNSCall", method + " " + path, args, action);
  }
}
