package io.gardencell.hcs;

import java.util.Optional;

/** Directory quotas of container volumes (FSRM; NTFS quotas where FSRM is absent). */
public interface HostQuota {

  /** The smallest limit that FSRM takes, in bytes. */
  long LEAST = 1024;

  /** Fails if a limit is below {@link #LEAST}; every host refuses it alike. */
  static void requireLimit(long bytes) {
    if (bytes < LEAST) {
      throw new IllegalArgumentException(
          "quota: " + bytes + " bytes (expected: at least " + LEAST + ")");
    }
  }

  /**
   * Sets or changes the enforced limit of a volume.
   *
   * @param volume as {@link ScratchLayers#mountPath} gives it
   * @param bytes at least {@link #LEAST}, counted without the read-only layers
   */
  void setLimit(String volume, long bytes);

  /** Bytes in use, without the read-only layers; empty if the volume has no quota. */
  Optional<Long> used(String volume);

  /**
   * Bytes in use as the volume itself counts them, also without a quota. What a fresh volume holds
   * is included, so a caller compares with what it measured then.
   */
  long measure(String volume);
}
