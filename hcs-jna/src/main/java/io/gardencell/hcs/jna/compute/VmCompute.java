package io.gardencell.hcs.jna.compute;

import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.WString;
import com.sun.jna.ptr.PointerByReference;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/**
 * vmcompute.dll: compute systems and their processes. All functions return an HRESULT; every PWSTR*
 * output is CoTaskMem memory (Source: hcsshim: internal/vmcompute/vmcompute.go).
 */
@NullUnmarked
interface VmCompute extends Library {

  int HcsEnumerateComputeSystems(
      WString query, PointerByReference computeSystems, PointerByReference result);

  int HcsCreateComputeSystem(
      WString id,
      WString configuration,
      Pointer identity,
      PointerByReference system,
      PointerByReference result);

  int HcsOpenComputeSystem(WString id, PointerByReference system, PointerByReference result);

  int HcsCloseComputeSystem(Pointer system);

  int HcsStartComputeSystem(Pointer system, WString options, PointerByReference result);

  int HcsShutdownComputeSystem(Pointer system, WString options, PointerByReference result);

  int HcsTerminateComputeSystem(Pointer system, WString options, PointerByReference result);

  int HcsPauseComputeSystem(Pointer system, WString options, PointerByReference result);

  int HcsResumeComputeSystem(Pointer system, WString options, PointerByReference result);

  int HcsSaveComputeSystem(Pointer system, WString options, PointerByReference result);

  int HcsGetServiceProperties(
      WString propertyQuery, PointerByReference properties, PointerByReference result);

  int HcsModifyServiceSettings(WString settings, PointerByReference result);

  int HcsGetComputeSystemProperties(
      Pointer system,
      WString propertyQuery,
      PointerByReference properties,
      PointerByReference result);

  int HcsModifyComputeSystem(Pointer system, WString configuration, PointerByReference result);

  int HcsRegisterComputeSystemCallback(
      Pointer system,
      NotificationCallback callback,
      Pointer context,
      PointerByReference callbackHandle);

  int HcsUnregisterComputeSystemCallback(Pointer callbackHandle);

  int HcsCreateProcess(
      Pointer system,
      WString processParameters,
      ProcessInformation info,
      PointerByReference process,
      PointerByReference result);

  int HcsOpenProcess(
      Pointer system, int pid, PointerByReference process, PointerByReference result);

  int HcsCloseProcess(Pointer process);

  int HcsTerminateProcess(Pointer process, PointerByReference result);

  int HcsSignalProcess(Pointer process, WString options, PointerByReference result);

  int HcsGetProcessInfo(Pointer process, ProcessInformation info, PointerByReference result);

  int HcsGetProcessProperties(
      Pointer process, PointerByReference properties, PointerByReference result);

  int HcsModifyProcess(Pointer process, WString settings, PointerByReference result);

  int HcsRegisterProcessCallback(
      Pointer process,
      NotificationCallback callback,
      Pointer context,
      PointerByReference callbackHandle);

  int HcsUnregisterProcessCallback(Pointer callbackHandle);

  /** HCS_NOTIFICATION_CALLBACK; runs on a thread of the DLL. */
  interface NotificationCallback extends Callback {
    void callback(int type, Pointer context, int status, @Nullable Pointer data);
  }
}
