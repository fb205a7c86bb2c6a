package io.gardencell.hcs.jna.volume;

import io.gardencell.hcs.HostQuota;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.NativeLibraries;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * FSRM's quotas where it is installed, else those of NTFS: decided at the first use and said once,
 * because the second hold less. Any thread.
 */
public final class InstalledQuota implements HostQuota, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(InstalledQuota.class);

  private final ComThread com;
  private final FsrmQuota fsrm;
  private final NtfsQuota ntfs;
  private @Nullable HostQuota chosen;

  private InstalledQuota(ComThread com, FsrmQuota fsrm, NtfsQuota ntfs) {
    this.com = com;
    this.fsrm = fsrm;
    this.ntfs = ntfs;
  }

  /** Binds COM; its thread, {@code hcs-com}, starts with the first use. */
  public static InstalledQuota of(
      NativeLibraries libraries, Failures failures, JnaVolumes volumes) {
    OleAut32 oleAut32 = NativeLibraries.load("oleaut32", OleAut32.class);
    var com = new ComThread(libraries.ole32(), failures);
    return new InstalledQuota(
        com,
        new FsrmQuota(libraries.ole32(), oleAut32, failures, com, volumes),
        new NtfsQuota(libraries.ole32(), failures, com, volumes));
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

  /** Ends COM's thread. */
  @Override
  public void close() {
    com.close();
  }
}
