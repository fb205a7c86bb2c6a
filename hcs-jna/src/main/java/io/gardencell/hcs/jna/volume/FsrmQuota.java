package io.gardencell.hcs.jna.volume;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.HostQuota;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.Ole32;
import io.gardencell.hcs.jna.win32.Wide;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * Directory quotas of the File Server Resource Manager over COM (groot-windows:
 * volume/quota/quota.c without its DLL). Any thread; COM itself runs on its own.
 */
final class FsrmQuota implements HostQuota {

  private static final String MANAGER_CLASS = "90dcab7f-347c-4bfc-b543-540326305fbe";
  private static final String MANAGER_EX = "4846cb01-d430-494f-abb4-b1054999fb09";
  private static final int LOCAL_SERVER = 0x4;
  private static final int NOT_FOUND = 0x80045301;
  private static final int ALREADY_EXISTS = 0x80045303;
  private static final int CLASS_NOT_REGISTERED = 0x80040154;

  private final Ole32 ole32;
  private final OleAut32 oleAut32;
  private final Failures failures;
  private final ComThread com;
  private final JnaVolumes volumes;

  FsrmQuota(Ole32 ole32, OleAut32 oleAut32, Failures failures, ComThread com, JnaVolumes volumes) {
    this.ole32 = ole32;
    this.oleAut32 = oleAut32;
    this.failures = failures;
    this.com = com;
    this.volumes = volumes;
  }

  @Override
  public void setLimit(String volume, long bytes) {
    HostQuota.requireLimit(bytes);
    com.call(
        () -> {
          try (ComObject manager = manager();
              ComObject quota = createOrGet(manager, volume);
              Memory limit = variant()) {
            Variants.setUnsigned(limit, bytes);
            failures.check(
                quota.call(ComMethod.FSRM_PUT_QUOTA_LIMIT, limit), "put_QuotaLimit", volume);
            failures.check(quota.call(ComMethod.FSRM_COMMIT), "Commit", volume);
            return true;
          }
        });
  }

  private ComObject createOrGet(ComObject manager, String volume) {
    var quota = new PointerByReference();
    int code = withBstr(volume, path -> manager.call(ComMethod.FSRM_CREATE_QUOTA, path, quota));
    if (code == ALREADY_EXISTS) {
      code = withBstr(volume, path -> manager.call(ComMethod.FSRM_GET_QUOTA, path, quota));
    }
    failures.check(code, "CreateQuota", volume);
    return new ComObject(quota.getValue());
  }

  @Override
  public Optional<Long> used(String volume) {
    return com.call(
        () -> {
          try (ComObject manager = manager()) {
            var found = new PointerByReference();
            int code =
                withBstr(volume, path -> manager.call(ComMethod.FSRM_GET_QUOTA, path, found));
            if (code == NOT_FOUND) {
              return Optional.<Long>empty();
            }
            failures.check(code, "GetQuota", volume);
            try (ComObject quota = new ComObject(found.getValue());
                Memory used = variant()) {
              failures.check(
                  quota.call(ComMethod.FSRM_GET_QUOTA_USED, used), "get_QuotaUsed", volume);
              long bytes = Variants.number(used);
              oleAut32.VariantClear(used);
              return Optional.of(bytes);
            }
          }
        });
  }

  @Override
  public long measure(String volume) {
    return volumes.used(volume);
  }

  private ComObject manager() {
    return ComObject.create(
        ole32, failures, MANAGER_CLASS, LOCAL_SERVER, MANAGER_EX, "FsrmQuotaManager");
  }

  /** Whether this host has the File Server Resource Manager. */
  boolean isInstalled() {
    return com.call(
        () -> {
          try (ComObject manager = manager()) {
            return true;
          } catch (HcsException failure) {
            if (failure.code() == CLASS_NOT_REGISTERED) {
              return false;
            }
            throw failure;
          }
        });
  }

  private int withBstr(String text, ToIntFunction<Pointer> call) {
    Pointer bstr = oleAut32.SysAllocString(Wide.of(text));
    try {
      return call.applyAsInt(bstr);
    } finally {
      oleAut32.SysFreeString(bstr);
    }
  }

  /** VT_EMPTY; "by value" is a pointer to a copy in the x64 convention. */
  private Memory variant() {
    Memory memory = new Memory(Variants.BYTES);
    oleAut32.VariantInit(memory);
    return memory;
  }
}
