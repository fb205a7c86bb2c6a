/**
 * The three plugin interfaces: what Guardian's executable plugins say, in Java types; start at
 * {@link RuntimePlugin}, {@link NetworkPlugin} and {@link ImagePlugin}.
 *
 * <p>Each has two kinds of implementation: ours, in process, and external executables. Methods may
 * be called from any thread, several at a time for different containers; the caller sees to it that
 * creating and deleting one container are exclusive. They block and never run on an event loop.
 * Failures a client may be told are {@link io.gardencell.api.GardenException}s. May depend on
 * {@code io.gardencell.api} and {@code io.gardencell.api.oci} only.
 */
@NullMarked
package io.gardencell.api.spi;

import org.jspecify.annotations.NullMarked;
