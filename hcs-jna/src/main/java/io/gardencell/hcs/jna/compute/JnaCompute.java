package io.gardencell.hcs.jna.compute;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.HostCompute;
import io.gardencell.hcs.document.HcsJson;
import io.gardencell.hcs.document.SystemDocument;
import io.gardencell.hcs.document.SystemProperties;
import io.gardencell.hcs.document.SystemQuery;
import io.gardencell.hcs.jna.stdio.CompletionPort;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.NativeLibraries;
import io.gardencell.hcs.jna.win32.Wide;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;

/** Compute systems of vmcompute.dll; any thread (hcsshim: internal/hcs/system.go). */
public final class JnaCompute implements HostCompute {

  private final ComputeCalls calls;
  private final SiloJob jobs;

  JnaCompute(ComputeCalls calls, SiloJob jobs) {
    this.calls = calls;
    this.jobs = jobs;
  }

  /**
   * Binds the compute functions of vmcompute.dll.
   *
   * @param pipes serves the stdio pipes of all processes; stays the caller's
   * @param executor runs what waits for notifications, in order; stays the caller's
   * @throws HcsException 0x7e naming vmcompute.dll if there is none
   */
  public static JnaCompute of(
      NativeLibraries libraries, Failures failures, CompletionPort pipes, Executor executor) {
    return new JnaCompute(
        new ComputeCalls(
            NativeLibraries.vmcompute(VmCompute.class),
            failures,
            new Notifications(executor),
            pipes,
            executor),
        new SiloJob(libraries.ntdll(), libraries.kernel32()));
  }

  @Override
  public List<SystemProperties> enumerate(SystemQuery query) {
    var systems = new PointerByReference();
    calls.invoke(
        "HcsEnumerateComputeSystems",
        "",
        result ->
            calls
                .compute()
                .HcsEnumerateComputeSystems(Wide.of(HcsJson.write(query)), systems, result),
        systems);
    String json = calls.take(systems);
    if (json.isEmpty()) {
      throw unexpected("HcsEnumerateComputeSystems", "");
    }
    return calls.read(
        "HcsEnumerateComputeSystems", "", () -> HcsJson.readList(json, SystemProperties.class));
  }

  @Override
  public ComputeSystem create(String id, SystemDocument document, Duration timeout) {
    var handle = new PointerByReference();
    var json = Wide.of(document.json());
    boolean pending =
        calls.invokePending(
            "HcsCreateComputeSystem",
            id,
            result ->
                calls
                    .compute()
                    .HcsCreateComputeSystem(Wide.of(id), json, Pointer.NULL, handle, result));
    JnaComputeSystem system = adopt(id, handle.getValue(), true);
    if (pending) {
      try {
        system.await(Notifications.SYSTEM_CREATE_COMPLETED, "HcsCreateComputeSystem", timeout);
      } catch (HcsException failure) {
        if (failure.code() == HcsErrors.TIMEOUT) {
          terminateQuietly(system, failure);
        }
        system.close();
        throw failure;
      }
    }
    return system;
  }

  @Override
  public ComputeSystem open(String id) {
    var handle = new PointerByReference();
    calls.invoke(
        "HcsOpenComputeSystem",
        id,
        result -> calls.compute().HcsOpenComputeSystem(Wide.of(id), handle, result));
    return adopt(id, handle.getValue(), false);
  }

  private JnaComputeSystem adopt(String id, Pointer handle, boolean created) {
    try {
      return JnaComputeSystem.register(calls, jobs, id, handle);
    } catch (HcsException failure) {
      if (created) {
        calls.invokeQuietly(
            "HcsTerminateComputeSystem",
            id,
            result -> calls.compute().HcsTerminateComputeSystem(handle, Wide.of(""), result),
            failure);
      }
      calls.compute().HcsCloseComputeSystem(handle);
      throw failure;
    }
  }

  private static void terminateQuietly(JnaComputeSystem system, HcsException failure) {
    try {
      system.terminate();
    } catch (HcsException alsoFailed) {
      failure.addSuppressed(alsoFailed);
    }
  }

  static HcsException unexpected(String function, String target) {
    return new HcsException(
        function, target, HcsErrors.INVALID_DATA, "unexpected value returned from hcs", List.of());
  }
}
