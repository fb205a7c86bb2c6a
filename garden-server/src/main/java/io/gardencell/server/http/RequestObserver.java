package io.gardencell.server.http;

import java.time.Duration;

/** Is told of every request that ended. Event loop: must not block. */
@FunctionalInterface
public interface RequestObserver {

  /**
   * A request has its answer, or never will.
   *
   * @param route name of the route, empty if none fits
   * @param status of the answer, 0 if there is none
   * @param took from its head to its answer, for hijacked connections to the handing over
   */
  void answered(String route, int status, Duration took);
}
