package io.gardencell.server.route;

import io.gardencell.api.Limits;
import io.gardencell.server.http.Answer;
import io.gardencell.server.http.Lane;
import io.gardencell.server.http.Router;
import java.util.function.Function;

/** The limits that a container has. */
final class LimitRoutes implements RouteGroup {

  private final Held held;

  LimitRoutes(Held held) {
    this.held = held;
  }

  @Override
  public void addTo(Router router) {
    add(router, "bandwidth", Limits::bandwidth);
    add(router, "cpu", Limits::cpu);
    add(router, "disk", Limits::disk);
    add(router, "memory", Limits::memory);
  }

  private void add(Router router, String name, Function<Limits, Object> part) {
    router.add(
        "current-" + name + "-limits",
        Lane.QUERY,
        "GET",
        "/containers/:handle/limits/" + name,
        held.handler((container, request) -> Answer.json(part.apply(container.limits()))));
  }
}
