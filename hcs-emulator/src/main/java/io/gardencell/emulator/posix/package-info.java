/**
 * The C library calls that the emulated host needs and Java lacks: FIFOs, poll(2) over pipes,
 * kill(2). The only place of this module that knows JNA; start at {@link
 * io.gardencell.emulator.posix.PipeLoop}.
 */
@NullMarked
package io.gardencell.emulator.posix;

import org.jspecify.annotations.NullMarked;
