/**
 * The host of {@link io.gardencell.hcs} on an ordinary machine: local processes as compute systems,
 * directories as volumes.
 *
 * <p>It isolates nothing and says so. It fails the way HCS and HNS fail, and passes the same
 * contract suites. Sees nothing of ours but {@code io.gardencell.hcs}.
 */
@NullMarked
package io.gardencell.emulator;

import org.jspecify.annotations.NullMarked;
