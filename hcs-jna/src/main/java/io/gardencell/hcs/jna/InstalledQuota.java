package io.gardencell.hcs.jna;

import io.gardencell.hcs.HostQuota;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * FSRM's quotas where it is installed, else those of NTFS: decided at the first use and said once,
 * because the second hold less. Any thread.
 */
final class InstalledQuota implements HostQuota {

  private static final Logger log = LoggerFactory.getLogger(InstalledQuota.class);

  private final FsrmQuota fsrm;
  private final NtfsQuota ntfs;
  private @Nullable HostQuota chosen;

  InstalledQuota(FsrmQuota fsrm, NtfsQuota ntfs) {
    this.fsrm = fsrm;
    this.ntfs = ntfs;
  }

  private synchronized HostQuota chosen() {
    HostQuota quota = chosen;
    if (quota == null) {
      quota = fsrm.isInstalled() ? fsrm : ntfs;
      chosen = quota;
      if (quota == ntfs) {
        log.atWarn()
            .log(
                "FSRM is not installed: disk limits hold for each owner of files, not for administrators");
      }
    }
    return quota;
  }

  @Override
  public void setLimit(String volume, long bytes) {
    chosen().setLimit(volume, bytes);
  }

  @Override
  public Optional<Long> used(String volume) {
    return chosen().used(volume);
  }

  @Override
  public long measure(String volume) {
    return fsrm.measure(volume);
  }
}
