/**
 * What each request means: one class per group of routes, and the two interfaces behind which the
 * containers are; start at {@link io.gardencell.server.route.ContainerBackend}.
 *
 * <p>May depend on {@code io.gardencell.api} and the stream engine, never on a plugin.
 */
@NullMarked
package io.gardencell.server.route;

import org.jspecify.annotations.NullMarked;
