/**
 * The operators' command line, {@code garden}: one class per command over {@link
 * io.gardencell.client}.
 *
 * <p>A second package so that the client can be used without its command line; the client must not
 * know it.
 */
@NullMarked
package io.gardencell.cli;

import org.jspecify.annotations.NullMarked;
