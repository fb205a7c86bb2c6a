package io.gardencell.emulator.volume;

import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** FILETIMEs: units of 100 ns since 1601-01-01 UTC. */
public final class FileTimes {

  private static final long EPOCH_100NS = 116_444_736_000_000_000L;

  private FileTimes() {}

  /** A time of this machine as a FILETIME. */
  public static long of(FileTime time) {
    Instant i = time.toInstant();
    return EPOCH_100NS + i.getEpochSecond() * 10_000_000 + i.getNano() / 100;
  }

  static FileTime toFileTime(long fileTime) {
    return FileTime.from((fileTime - EPOCH_100NS) / 10, TimeUnit.MICROSECONDS);
  }
}
