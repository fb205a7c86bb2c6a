/**
 * The runtime plugin: an OCI bundle becomes a compute system with processes and statistics; also
 * the {@code winc} command.
 *
 * <p>Reaches the host only through {@link io.gardencell.hcs} and knows nothing of HTTP, images or
 * networks.
 */
@NullMarked
package io.gardencell.runtime;

import org.jspecify.annotations.NullMarked;
