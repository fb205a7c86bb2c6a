package io.gardencell.server.gardener;

import io.gardencell.server.stream.Streams;
import java.time.Clock;

/** What every container of the cell shares. */
record Cell(
    GardenerSettings settings,
    Plugins plugins,
    Streams streams,
    StateFiles states,
    Bundles bundles,
    HostCalls calls,
    Names names,
    Clock clock) {}
