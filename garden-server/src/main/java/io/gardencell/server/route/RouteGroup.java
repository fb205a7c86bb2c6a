package io.gardencell.server.route;

import io.gardencell.server.http.Router;

/** Routes that belong together. */
interface RouteGroup {

  /** Adds them; the order within the server is that of the protocol's table. */
  void addTo(Router router);
}
