/**
 * The network plugin: the cell's NAT network, endpoints, ports and firewall rules; start at {@link
 * io.gardencell.network.WincNetwork}.
 *
 * <p>Any thread; each call of HNS and HCS runs on a thread of its own and has a deadline. The
 * classes here work on one endpoint together: cut apart, nearly all of them would be public. Below
 * are the ports' pool ({@code port}) and the translation of rules ({@code rule}), which know
 * nothing of this package, and {@code command}, which is {@code winc-network} and knows it. Reaches
 * the host only through {@link io.gardencell.hcs} and knows nothing of HTTP, images or processes.
 */
@NullMarked
package io.gardencell.network;

import org.jspecify.annotations.NullMarked;
