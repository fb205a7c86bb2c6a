package io.gardencell.server.cell;

import io.gardencell.server.depot.Depot;
import io.gardencell.server.stream.Streams;
import java.time.Clock;

/** What every container of the cell shares. */
public record Cell(
    CellSettings settings,
    Plugins plugins,
    Streams streams,
    Depot depot,
    Bundles bundles,
    HostCalls calls,
    Names names,
    Clock clock) {}
