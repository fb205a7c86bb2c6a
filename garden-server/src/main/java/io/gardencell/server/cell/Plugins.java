package io.gardencell.server.cell;

import io.gardencell.api.spi.ImagePlugin;
import io.gardencell.api.spi.NetworkPlugin;
import io.gardencell.api.spi.RuntimePlugin;

/** The three plugins a cell works with. */
public record Plugins(ImagePlugin image, NetworkPlugin network, RuntimePlugin runtime) {}
