package io.gardencell.hcs.jna.volume;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import io.gardencell.hcs.HostQuota;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.Ole32;
import io.gardencell.hcs.jna.win32.Wide;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Quotas of NTFS, one limit for each owner of files on a volume: what a host without FSRM has
 * (hcs-abi.md 12.2; dskquota.h). Weaker than FSRM's: members of Administrators are not held to the
 * limit, and several owners have it each. Any thread; the work is done on COM's.
 */
final class NtfsQuota implements HostQuota {

  private static final String CONTROL_CLASS = "7988b571-ec89-11cf-9c00-00aa00a14f56";
  private static final String CONTROL = "7988b572-ec89-11cf-9c00-00aa00a14f56";
  private static final int IN_PROCESS_SERVER = 0x1;

  private static final int STATE_MASK = 0x3;
  private static final int DISABLED = 0;
  private static final int ENFORCED = 2;
  private static final long NO_LIMIT = -1;
  private static final int WITHOUT_NAMES = 0;

  private final Ole32 ole32;
  private final Failures failures;
  private final ComThread com;
  private final JnaVolumes volumes;

  NtfsQuota(Ole32 ole32, Failures failures, ComThread com, JnaVolumes volumes) {
    this.ole32 = ole32;
    this.failures = failures;
    this.com = com;
    this.volumes = volumes;
  }

  @Override
  public void setLimit(String volume, long bytes) {
    HostQuota.requireLimit(bytes);
    com.call(
        () -> {
          try (ComObject control = control(volume, true)) {
            check(control.call(ComMethod.SET_QUOTA_STATE, ENFORCED), "SetQuotaState", volume);
            check(
                control.call(ComMethod.SET_DEFAULT_QUOTA_THRESHOLD, bytes),
                "SetDefaultQuotaThreshold",
                volume);
            check(
                control.call(ComMethod.SET_DEFAULT_QUOTA_LIMIT, bytes),
                "SetDefaultQuotaLimit",
                volume);
            return true;
          }
        });
  }

  @Override
  public Optional<Long> used(String volume) {
    return com.call(
        () -> {
          try (ComObject control = control(volume, false)) {
            return isLimited(control, volume)
                ? Optional.of(usedByAll(control, volume))
                : Optional.<Long>empty();
          }
        });
  }

  @Override
  public long measure(String volume) {
    return volumes.used(volume);
  }

  private boolean isLimited(ComObject control, String volume) {
    var state = new IntByReference();
    check(control.call(ComMethod.GET_QUOTA_STATE, state), "GetQuotaState", volume);
    var limit = new LongByReference();
    check(control.call(ComMethod.GET_DEFAULT_QUOTA_LIMIT, limit), "GetDefaultQuotaLimit", volume);
    return (state.getValue() & STATE_MASK) != DISABLED && limit.getValue() != NO_LIMIT;
  }

  private long usedByAll(ComObject control, String volume) {
    var found = new PointerByReference();
    check(
        control.call(ComMethod.CREATE_ENUM_USERS, Pointer.NULL, 0, WITHOUT_NAMES, found),
        "CreateEnumUsers",
        volume);
    long sum = 0;
    try (ComObject users = new ComObject(found.getValue())) {
      for (Long used = nextUsed(users, volume); used != null; used = nextUsed(users, volume)) {
        sum += used;
      }
    }
    return sum;
  }

  /** What the next user has in use; null when all have been seen. */
  private @Nullable Long nextUsed(ComObject users, String volume) {
    var found = new PointerByReference();
    var fetched = new IntByReference();
    check(users.call(ComMethod.NEXT_USER, 1, found, fetched), "Next", volume);
    if (fetched.getValue() == 0) {
      return null;
    }
    try (ComObject user = new ComObject(found.getValue())) {
      var used = new LongByReference();
      check(user.call(ComMethod.GET_QUOTA_USED, used), "GetQuotaUsed", volume);
      return used.getValue();
    }
  }

  private ComObject control(String volume, boolean writable) {
    ComObject control =
        ComObject.create(
            ole32, failures, CONTROL_CLASS, IN_PROCESS_SERVER, CONTROL, "DiskQuotaControl");
    int code = control.call(ComMethod.INITIALIZE, Wide.of(volume), writable ? 1 : 0);
    if (code < 0) {
      control.close();
    }
    check(code, "Initialize", volume);
    return control;
  }

  private void check(int code, String function, String volume) {
    failures.check(code, "IDiskQuotaControl." + function, volume);
  }
}
