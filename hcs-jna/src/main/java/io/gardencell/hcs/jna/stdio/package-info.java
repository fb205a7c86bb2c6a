/**
 * Bytes of handles: the pipes of processes under one completion port ({@link
 * io.gardencell.hcs.jna.stdio.CompletionPort}), and output to an inherited handle.
 *
 * <p>Any thread begins an operation on a pipe; its handler runs on the port's one thread, {@code
 * hcs-io}. Knows nothing of compute systems.
 */
@NullMarked
package io.gardencell.hcs.jna.stdio;

import org.jspecify.annotations.NullMarked;
