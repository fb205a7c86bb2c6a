/**
 * The network plugin: the cell's NAT network, endpoints, ports and firewall rules; also the {@code
 * winc-network} command.
 *
 * <p>Reaches the host only through {@link io.gardencell.hcs} and knows nothing of HTTP, images or
 * processes.
 */
@NullMarked
package io.gardencell.network;

import org.jspecify.annotations.NullMarked;
