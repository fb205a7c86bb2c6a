package io.gardencell.hcs.jna;

import com.sun.jna.Library;
import com.sun.jna.Native;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import java.util.List;

/**
 * The DLLs, each loaded once. vmcompute comes first and from the system directory only. Functions
 * are looked up when they are first called, since older builds lack some.
 */
record NativeLibraries(
    VmCompute compute,
    VmComputeLayers layers,
    VmComputeNetwork network,
    Kernel32 kernel32,
    Advapi32 advapi32,
    NtDll ntdll,
    IpHlpApi ipHlpApi,
    VirtDisk virtDisk,
    Ole32 ole32,
    OleAut32 oleAut32) {

  /**
   * Loads them all.
   *
   * @throws HcsException 0x7e naming the DLL that is missing
   */
  static NativeLibraries load() {
    String vmcompute = systemDirectory() + "\\vmcompute.dll";
    return new NativeLibraries(
        load(vmcompute, VmCompute.class),
        load(vmcompute, VmComputeLayers.class),
        load(vmcompute, VmComputeNetwork.class),
        load("kernel32", Kernel32.class),
        load("advapi32", Advapi32.class),
        load("ntdll", NtDll.class),
        load("iphlpapi", IpHlpApi.class),
        load("virtdisk", VirtDisk.class),
        load("ole32", Ole32.class),
        load("oleaut32", OleAut32.class));
  }

  private static String systemDirectory() {
    String root = System.getenv("SystemRoot");
    return (root == null ? "C:\\Windows" : root) + "\\System32";
  }

  private static <T extends Library> T load(String name, Class<T> type) {
    try {
      return Native.load(name, type);
    } catch (UnsatisfiedLinkError missing) {
      HcsException failure =
          new HcsException(
              "LoadLibrary",
              name,
              HcsErrors.MOD_NOT_FOUND,
              HcsErrors.text(HcsErrors.MOD_NOT_FOUND) + " (" + name + ")",
              List.of());
      failure.initCause(missing);
      throw failure;
    }
  }
}
