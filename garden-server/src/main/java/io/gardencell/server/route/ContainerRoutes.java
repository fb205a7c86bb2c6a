package io.gardencell.server.route;

import io.gardencell.api.ContainerSpec;
import io.gardencell.api.CreateResponse;
import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.api.ListResponse;
import io.gardencell.api.StopRequest;
import io.gardencell.api.WireJson;
import io.gardencell.server.grace.GraceTimers;
import io.gardencell.server.http.Answer;
import io.gardencell.server.http.Request;
import io.gardencell.server.http.Router;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ping, capacity, and the life of containers. */
final class ContainerRoutes implements RouteGroup {

  private static final Logger log = LoggerFactory.getLogger(ContainerRoutes.class);

  private final ContainerBackend backend;
  private final Held held;
  private final GraceTimers timers;
  private final Destroys destroys;
  private final Duration defaultGraceTime;

  ContainerRoutes(
      ContainerBackend backend,
      Held held,
      GraceTimers timers,
      Destroys destroys,
      Duration defaultGraceTime) {
    this.backend = backend;
    this.held = held;
    this.timers = timers;
    this.destroys = destroys;
    this.defaultGraceTime = defaultGraceTime;
  }

  @Override
  public void addTo(Router router) {
    router
        .add("GET", "/ping", this::ping)
        .add("GET", "/capacity", request -> Answer.json(backend.capacity()))
        .add("GET", "/containers", this::list)
        .add("POST", "/containers", this::create)
        .add("GET", "/containers/:handle/info", held.handler((c, r) -> Answer.json(c.info())))
        .add("GET", "/containers/bulk_info", r -> Answer.json(backend.bulkInfo(handles(r))))
        .add("GET", "/containers/bulk_metrics", r -> Answer.json(backend.bulkMetrics(handles(r))))
        .add("DELETE", "/containers/:handle", this::destroy)
        .add("PUT", "/containers/:handle/stop", this::stop);
  }

  private Answer ping(Request request) {
    backend.ping();
    return Answer.OK;
  }

  private Answer list(Request request) {
    return Answer.json(new ListResponse(backend.handles(request.query())));
  }

  private Answer create(Request request) {
    ContainerSpec spec = request.json(ContainerSpec.class);
    if (spec.graceTime().isNegative()) {
      throw GardenException.failure("invalid grace time: " + spec.graceTime().toNanos());
    }
    if (spec.graceTime().isZero()) {
      spec = spec.withGraceTime(defaultGraceTime);
    }
    Handle handle = backend.create(spec);
    timers.arm(handle, spec.graceTime());
    log.atInfo().addKeyValue("handle", handle).log("guardian.api.garden-server.create.created");
    return Answer.json(new CreateResponse(handle.value()));
  }

  private Answer destroy(Request request) {
    Handle handle = Held.handle(request);
    destroys.destroy(handle, timers);
    log.atInfo().addKeyValue("handle", handle).log("guardian.api.garden-server.destroy.destroyed");
    return Answer.OK;
  }

  private Answer stop(Request request) {
    StopRequest body = WireJson.decode(request.body(), StopRequest.class);
    return held.handler(
            (container, r) -> {
              container.stop(body.kill());
              return Answer.OK;
            })
        .handle(request);
  }

  private static List<String> handles(Request request) {
    String text = request.query("handles");
    return text.isEmpty() ? List.of() : Arrays.stream(text.split(",", -1)).distinct().toList();
  }
}
