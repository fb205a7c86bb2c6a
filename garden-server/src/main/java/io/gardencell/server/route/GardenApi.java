package io.gardencell.server.route;

import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.server.grace.GraceTimers;
import io.gardencell.server.http.GardenServer;
import io.gardencell.server.http.HijackedConnections;
import io.gardencell.server.http.Lane;
import io.gardencell.server.http.Lanes;
import io.gardencell.server.http.RequestObserver;
import io.gardencell.server.http.Router;
import io.gardencell.server.http.ServerSettings;
import io.gardencell.server.stream.Streams;
import io.netty.util.Timer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Garden's protocol on one listener: the routes over a backend, the grace timers and the server, in
 * the order of a life: {@link #bind}, then the caller starts the backend, {@link #serve}, {@link
 * #stop}. Any thread.
 */
public final class GardenApi {

  private static final Logger log = LoggerFactory.getLogger(GardenApi.class);

  private final ContainerBackend backend;
  private final GraceTimers timers;
  private final GardenServer server;
  private final Router router = new Router();
  private final HijackedConnections hijacked = new HijackedConnections();

  /**
   * What the protocol needs besides its backend.
   *
   * @param server listening and bounds
   * @param defaultGraceTime of containers whose spec has none, zero for never
   * @param leastReapRetry how soon a failed reap may be tried again
   */
  public record Settings(
      ServerSettings server, Duration defaultGraceTime, Duration leastReapRetry) {

    /** Never reaps by default, retries after 30 s. */
    public static Settings defaults(ServerSettings server) {
      return new Settings(server, Duration.ZERO, Duration.ofSeconds(30));
    }
  }

  /** {@code timer} is the caller's; {@code observer} is told of every request. */
  public GardenApi(
      Settings settings,
      ContainerBackend backend,
      Streams streams,
      Timer timer,
      RequestObserver observer) {
    this.backend = backend;
    server = new GardenServer(settings.server(), router, hijacked, observer);
    Destroys destroys = new Destroys(backend);
    timers =
        new GraceTimers(
            timer,
            server.lanes().of(Lane.CHANGE),
            handle -> destroys.tryDestroy(handle, timers()),
            settings.leastReapRetry());
    Held held = new Held(backend, timers);
    List<RouteGroup> groups =
        List.of(
            new ContainerRoutes(backend, held, timers, destroys, settings.defaultGraceTime()),
            new FileRoutes(held),
            new LimitRoutes(held),
            new NetRoutes(held),
            new ProcessRoutes(held, streams, hijacked, server.lanes().of(Lane.SIGNAL)),
            new PropertyRoutes(held, timers));
    groups.forEach(group -> group.addTo(router));
  }

  private GraceTimers timers() {
    return timers;
  }

  /** The routes; operators' own may be added behind Garden's before {@link #bind}. */
  public Router router() {
    return router;
  }

  /** Binds the listener; clients that connect wait until {@link #serve}. */
  public void bind() throws IOException {
    server.bind();
  }

  /** The TCP port that was bound. */
  public int port() {
    return server.port();
  }

  /** Arms the grace timers of the containers that are there and begins to answer. */
  public void serve() {
    for (String handle : backend.handles(Map.of())) {
      try {
        Handle known = Handle.known(handle);
        timers.arm(known, backend.get(known).graceTime());
      } catch (GardenException e) {
        log.atWarn().addKeyValue("handle", handle).setCause(e).log("grace time not armed");
      }
    }
    server.serve();
  }

  /** Stops in bounded time; {@code server is not running} if it does not run. */
  public void stop() {
    server.stop();
  }

  /** Stops if it runs, and gives back what it took in any case. */
  public void close() {
    server.close();
  }

  /** Connections, requests and threads, for figures. */
  public GardenServer server() {
    return server;
  }

  /** Clients of processes. */
  public HijackedConnections hijacked() {
    return hijacked;
  }

  /** Containers whose grace time counts. */
  public int graceTimers() {
    return timers.count();
  }

  /** The threads of requests. */
  public Lanes lanes() {
    return server.lanes();
  }
}
