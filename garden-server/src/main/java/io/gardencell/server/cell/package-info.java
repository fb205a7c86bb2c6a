/**
 * What operations on containers stand on; start at {@link Cell}.
 *
 * <p>Here belongs what all containers of the cell share (settings, plugins, taken names, calls of
 * the host with a deadline, the documents that plugins are given) and {@link LiveContainer}, which
 * says who may use a container now and stores what changes of it. What an operation of Garden does
 * is not known here. Below it are the depot, the stream engine and the log.
 */
@NullMarked
package io.gardencell.server.cell;

import org.jspecify.annotations.NullMarked;
