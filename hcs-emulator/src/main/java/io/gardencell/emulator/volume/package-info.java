/**
 * Layers and volumes of the emulated host as plain directories: layer files, import, the merge of
 * layers into a volume, mounts and quotas. Knows nothing of processes.
 */
@NullMarked
package io.gardencell.emulator.volume;

import org.jspecify.annotations.NullMarked;
