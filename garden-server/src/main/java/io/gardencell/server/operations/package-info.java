/**
 * What operators see of the server: its host and health, figures for Prometheus, debug variables
 * and the log level; start at {@link io.gardencell.server.operations.Operations}.
 *
 * <p>Reads from the API, the streams and the JVM; never changes a container. Knows no plugin.
 */
@NullMarked
package io.gardencell.server.operations;

import org.jspecify.annotations.NullMarked;
