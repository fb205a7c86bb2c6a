/**
 * What an operation tells of itself, event by event, as groot.exe does; start at {@link
 * io.gardencell.image.trace.Trace}.
 *
 * <p>A package of its own because the plugin tells and the command shows, and neither has to know
 * the other for it. Any thread.
 */
@NullMarked
package io.gardencell.image.trace;

import org.jspecify.annotations.NullMarked;
