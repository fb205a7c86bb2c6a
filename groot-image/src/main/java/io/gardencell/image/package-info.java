/**
 * The image plugin: image sources, the layer store, sandbox layers and disk quota; also the {@code
 * groot} command.
 *
 * <p>Reaches the host only through {@link io.gardencell.hcs} and knows nothing of HTTP, networks or
 * processes.
 */
@NullMarked
package io.gardencell.image;

import org.jspecify.annotations.NullMarked;
