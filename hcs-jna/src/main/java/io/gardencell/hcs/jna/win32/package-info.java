/**
 * What every binding needs: the DLLs that several call, one interface for each with the functions'
 * C names; text, GUIDs and object names as Windows has them; codes as exceptions. Start at {@link
 * io.gardencell.hcs.jna.win32.NativeLibraries}.
 *
 * <p>A DLL that one family of ports calls has its interface there, not here. DLL interfaces take
 * and give nulls as the operating system does. Any thread.
 */
@NullMarked
package io.gardencell.hcs.jna.win32;

import org.jspecify.annotations.NullMarked;
