package io.gardencell.server.route;

import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.api.PropertyValue;
import io.gardencell.api.WireJson;
import io.gardencell.server.grace.GraceTimers;
import io.gardencell.server.http.Answer;
import io.gardencell.server.http.Lane;
import io.gardencell.server.http.Request;
import io.gardencell.server.http.Router;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Grace time, properties and metrics. */
final class PropertyRoutes implements RouteGroup {

  private static final Logger log = LoggerFactory.getLogger(PropertyRoutes.class);

  private final Held held;
  private final GraceTimers timers;

  PropertyRoutes(Held held, GraceTimers timers) {
    this.held = held;
    this.timers = timers;
  }

  @Override
  public void addTo(Router router) {
    String all = "/containers/:handle/properties";
    String one = all + "/:key";
    String graceTime = "/containers/:handle/grace_time";
    String metrics = "/containers/:handle/metrics";
    router
        .add("set-grace-time", Lane.QUERY, "PUT", graceTime, this::setGraceTime)
        .add(
            "get-properties",
            Lane.QUERY,
            "GET",
            all,
            held.handler((container, request) -> Answer.json(container.properties())))
        .add(
            "get-property",
            Lane.QUERY,
            "GET",
            one,
            held.handler((c, r) -> Answer.json(new PropertyValue(c.property(r.parameter("key"))))))
        .add("set-property", Lane.QUERY, "PUT", one, this::setProperty)
        .add(
            "remove-property",
            Lane.QUERY,
            "DELETE",
            one,
            held.handler(
                (container, request) -> {
                  container.removeProperty(request.parameter("key"));
                  return Answer.OK;
                }))
        .add("get-metrics", Lane.FIGURES, "GET", metrics, held::metrics);
  }

  private Answer setGraceTime(Request request) {
    long nanos = WireJson.decodeNanos(request.body());
    if (nanos < 0) {
      throw GardenException.failure("invalid grace time: " + nanos);
    }
    Handle handle = Held.handle(request);
    BackendContainer container = held.container(handle);
    Duration graceTime = Duration.ofNanos(nanos);
    try {
      container.setGraceTime(graceTime);
    } catch (GardenException e) {
      // The reference answers success all the same.
      log.atWarn().addKeyValue("handle", handle).setCause(e).log("grace time not stored");
    }
    timers.arm(handle, graceTime);
    return Answer.OK;
  }

  private Answer setProperty(Request request) {
    PropertyValue body = request.json(PropertyValue.class);
    return held.handler(
            (container, r) -> {
              container.setProperty(r.parameter("key"), body.value());
              return Answer.OK;
            })
        .handle(request);
  }
}
