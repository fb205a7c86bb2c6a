/**
 * Compute systems of the emulated host: records in files and sets of local processes. Start at
 * {@link io.gardencell.emulator.compute.EmulatedCompute}.
 */
@NullMarked
package io.gardencell.emulator.compute;

import org.jspecify.annotations.NullMarked;
