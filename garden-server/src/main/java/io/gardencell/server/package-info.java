/**
 * The daemon's composition root: {@code Main} reads the configuration and wires the rest of the
 * module with the plugins.
 *
 * <p>The only package that may see every module; the packages below it know {@link
 * io.gardencell.api} and no plugin.
 */
@NullMarked
package io.gardencell.server;

import org.jspecify.annotations.NullMarked;
