/**
 * The processes of one container, from the request to run one until its last trace is gone; start
 * at {@link ContainerProcesses}.
 *
 * <p>Here belongs which ids are taken, processes with an image of their own, following a process to
 * its end, and what becomes of those that an earlier daemon left. Knows its container through
 * {@link io.gardencell.server.cell}; who makes and destroys containers knows it, and not the other
 * way round.
 */
@NullMarked
package io.gardencell.server.process;

import org.jspecify.annotations.NullMarked;
