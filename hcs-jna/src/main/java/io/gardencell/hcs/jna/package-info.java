/**
 * The real host, put together from its ports over JNA; start at {@link
 * io.gardencell.hcs.jna.HcsHostProvider}, which is all that anybody else may find.
 *
 * <p>Below it {@code compute}, {@code network}, {@code layer} and {@code volume} hold one family of
 * ports each, with the DLL interfaces only they call, and know nothing of each other; {@code
 * compute} gets its pipes from {@code stdio}; all stand on {@code win32}. Nothing native leaves
 * these packages.
 */
@NullMarked
package io.gardencell.hcs.jna;

import org.jspecify.annotations.NullMarked;
