/**
 * Compute systems and their processes over vmcompute.dll, with the notifications that tell of their
 * ends; start at {@link io.gardencell.hcs.jna.compute.JnaCompute}.
 *
 * <p>Calls are made on the caller's thread and block it. Notifications arrive on threads of HCS's
 * and are handed at once to the executor given; only there does anything wait for them. Whoever
 * owns a handle closes it.
 */
@NullMarked
package io.gardencell.hcs.jna.compute;

import org.jspecify.annotations.NullMarked;
