package io.gardencell.server.route;

import io.gardencell.api.GardenException;
import io.gardencell.api.NetInRequest;
import io.gardencell.api.NetInResponse;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.spi.PortForward;
import io.gardencell.server.http.Answer;
import io.gardencell.server.http.Lane;
import io.gardencell.server.http.Request;
import io.gardencell.server.http.Router;
import java.util.List;

/** Port mappings and rules for traffic. */
final class NetRoutes implements RouteGroup {

  private static final int LAST_PORT = 65535;

  private final Held held;

  NetRoutes(Held held) {
    this.held = held;
  }

  @Override
  public void addTo(Router router) {
    router
        .add("net-in", Lane.CHANGE, "POST", "/containers/:handle/net/in", this::in)
        .add("net-out", Lane.CHANGE, "POST", "/containers/:handle/net/out", this::out)
        .add("bulk-net-out", Lane.CHANGE, "POST", "/containers/:handle/net/out/bulk", this::bulk);
  }

  private Answer in(Request request) {
    NetInRequest body = request.json(NetInRequest.class);
    int hostPort = port("host_port", body.hostPort());
    int containerPort = port("container_port", body.containerPort());
    return held.handler(
            (container, r) -> {
              PortForward mapped = container.netIn(hostPort, containerPort);
              return Answer.json(new NetInResponse(mapped.hostPort(), mapped.containerPort()));
            })
        .handle(request);
  }

  private static int port(String name, long value) {
    if (value > LAST_PORT) {
      throw GardenException.failure(
          "invalid request: " + name + ": " + value + " (expected: a port up to 65535)");
    }
    return (int) value;
  }

  private Answer out(Request request) {
    return rules(request, List.of(request.json(NetOutRule.class)));
  }

  private Answer bulk(Request request) {
    return rules(request, request.jsonList(NetOutRule.class));
  }

  private Answer rules(Request request, List<NetOutRule> rules) {
    return held.handler(
            (container, r) -> {
              container.netOut(rules);
              return Answer.OK;
            })
        .handle(request);
  }
}
