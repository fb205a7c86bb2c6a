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
import io.gardencell.server.http.Lane;
import io.gardencell.server.http.Request;
import io.gardencell.server.http.Router;
import io.gardencell.server.log.LogSession;
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
    String one = "/containers/:handle";
    router
        .add("ping", Lane.QUERY, "GET", "/ping", new Ping(backend))
        .add("capacity", Lane.QUERY, "GET", "/capacity", r -> Answer.json(backend.capacity()))
        .add("list", Lane.QUERY, "GET", "/containers", this::list)
        .add("create", Lane.CHANGE, "POST", "/containers", this::create)
        .add(
            "info", Lane.QUERY, "GET", one + "/info", held.handler((c, r) -> Answer.json(c.info())))
        .add("bulk_info", Lane.QUERY, "GET", "/containers/bulk_info", this::bulkInfo)
        .add("bulk_metrics", Lane.FIGURES, "GET", "/containers/bulk_metrics", this::bulkMetrics)
        .add("destroy", Lane.CHANGE, "DELETE", one, this::destroy)
        .add("stop", Lane.CHANGE, "PUT", one + "/stop", this::stop);
  }

  private Answer bulkInfo(Request request) {
    return Answer.json(backend.bulkInfo(handles(request)));
  }

  private Answer bulkMetrics(Request request) {
    return Answer.json(backend.bulkMetrics(handles(request)));
  }

  private Answer list(Request request) {
    return Answer.json(new ListResponse(backend.handles(request.query())));
  }

  private Answer create(Request request) {
    ContainerSpec spec = request.json(ContainerSpec.class);
    Handle.find(spec.handle()).ifPresent(named -> LogSession.about(named.value()));
    if (spec.graceTime().isNegative()) {
      throw GardenException.failure("invalid grace time: " + spec.graceTime().toNanos());
    }
    if (spec.graceTime().isZero()) {
      spec = spec.withGraceTime(defaultGraceTime);
    }
    Handle handle = backend.create(spec);
    timers.arm(handle, spec.graceTime());
    log.atInfo().addKeyValue("handle", handle).log("created");
    return Answer.json(new CreateResponse(handle.value()));
  }

  private Answer destroy(Request request) {
    Handle handle = Held.handle(request);
    destroys.destroy(handle, timers);
    log.atInfo().addKeyValue("handle", handle).log("destroyed");
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
