/**
 * The Gardener: what Garden's operations mean, put together from an image, a network and a runtime
 * plugin; start at {@link Gardener}.
 *
 * <p>Here belongs the life of containers (made, destroyed, taken up at the start), their network,
 * figures and properties. Knows the routes' view of it, and below it the packages process, cell and
 * depot; knows neither HTTP nor which plugins there are. Host calls run on a bounded pool with a
 * deadline; no lock is held around one but the container's own life cycle.
 */
@NullMarked
package io.gardencell.server.gardener;

import org.jspecify.annotations.NullMarked;
