/**
 * The host ports of a cell's containers, kept in one file that survives kills at any moment; start
 * at {@link io.gardencell.network.port.PortPool}.
 *
 * <p>A package of its own because it knows files and locks and nothing of HNS, rules or containers.
 */
@NullMarked
package io.gardencell.network.port;

import org.jspecify.annotations.NullMarked;
