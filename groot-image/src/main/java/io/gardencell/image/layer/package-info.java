/**
 * Layers: from a tar stream to files of the host; start at {@link
 * io.gardencell.image.layer.LayerUnpacker}.
 *
 * <p>Knows nothing of registries, volumes or commands.
 */
@NullMarked
package io.gardencell.image.layer;

import org.jspecify.annotations.NullMarked;
