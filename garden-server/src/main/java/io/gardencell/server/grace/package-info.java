/**
 * Grace times: containers that nobody uses for a while are destroyed; start at {@link
 * io.gardencell.server.grace.GraceTimers}. Knows no HTTP.
 */
@NullMarked
package io.gardencell.server.grace;

import org.jspecify.annotations.NullMarked;
