/**
 * Volumes: where they are mounted ({@link io.gardencell.hcs.jna.volume.JnaVolumes}), how much they
 * may hold and do hold, by the quotas of FSRM or of NTFS over COM ({@link
 * io.gardencell.hcs.jna.volume.InstalledQuota}).
 *
 * <p>Any thread; COM itself is used on one thread of its own, {@code hcs-com}.
 */
@NullMarked
package io.gardencell.hcs.jna.volume;

import org.jspecify.annotations.NullMarked;
