/**
 * The command {@code groot}: flags, documents, progress and log as groot.exe has them; start at
 * {@link io.gardencell.image.command.GrootCommand}.
 *
 * <p>Knows the plugin, which does not know it. One run, one thread; progress and log may be told
 * from any.
 */
@NullMarked
package io.gardencell.image.command;

import org.jspecify.annotations.NullMarked;
