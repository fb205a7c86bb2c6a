/**
 * Checks of the whole: the packaged programs through real sockets, the architecture rules, faults
 * and benchmarks.
 *
 * <p>May depend on everything; nothing depends on it and none of it ships.
 */
@NullMarked
package io.gardencell.acceptance;

import org.jspecify.annotations.NullMarked;
