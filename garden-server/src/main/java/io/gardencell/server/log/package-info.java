/**
 * Log lines: which work they belong to and in which form they are written; start at {@link
 * io.gardencell.server.log.LogSession}.
 *
 * <p>Known to everything else in the server, knows nothing of it; the one place that knows the
 * logging backend.
 */
@NullMarked
package io.gardencell.server.log;

import org.jspecify.annotations.NullMarked;
