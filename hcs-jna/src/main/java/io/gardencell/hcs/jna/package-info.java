/**
 * The host's ports over JNA: vmcompute.dll and its neighbours; start at {@link
 * io.gardencell.hcs.jna.HcsHostProvider}.
 *
 * <p>One interface per DLL, with the functions' C names; who owns native memory closes it; nothing
 * native leaves this package. The DLL interfaces take and give nulls as the operating system does.
 */
@NullMarked
package io.gardencell.hcs.jna;

import org.jspecify.annotations.NullMarked;
