/**
 * The stream engine: carries a process's output from its pipes to any number of readers with
 * back-pressure, its input the other way, and its exit to everyone who waits; start at {@link
 * io.gardencell.server.stream.Streams}.
 *
 * <p>No thread belongs to a process: reads and writes are asynchronous, timers share one wheel.
 * Knows nothing of HTTP; may depend on {@code io.gardencell.api} only.
 */
@NullMarked
package io.gardencell.server.stream;

import org.jspecify.annotations.NullMarked;
