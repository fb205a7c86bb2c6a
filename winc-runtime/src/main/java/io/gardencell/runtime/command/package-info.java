/**
 * The command {@code winc} on top of the runtime; start at {@link WincCommand}. Nothing else knows
 * it.
 */
@NullMarked
package io.gardencell.runtime.command;

import org.jspecify.annotations.NullMarked;
