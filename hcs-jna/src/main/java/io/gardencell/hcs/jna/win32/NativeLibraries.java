package io.gardencell.hcs.jna.win32;

import com.sun.jna.Library;
import com.sun.jna.Native;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import java.util.List;

/**
 * The DLLs that several packages call, and the one way to bind any; any thread. Functions are
 * looked up when they are first called, since older builds lack some.
 */
public record NativeLibraries(Kernel32 kernel32, Advapi32 advapi32, NtDll ntdll, Ole32 ole32) {

  /**
   * Binds what is shared.
   *
   * @throws HcsException 0x7e naming the DLL that is missing
   */
  public static NativeLibraries load() {
    return new NativeLibraries(
        load("kernel32", Kernel32.class),
        load("advapi32", Advapi32.class),
        load("ntdll", NtDll.class),
        load("ole32", Ole32.class));
  }

  /**
   * Binds functions of vmcompute.dll, from the system directory only.
   *
   * @throws HcsException 0x7e naming its path, if there is none
   */
  public static <T extends Library> T vmcompute(Class<T> functions) {
    return load(systemDirectory() + "\\vmcompute.dll", functions);
  }

  private static String systemDirectory() {
    String root = System.getenv("SystemRoot");
    return (root == null ? "C:\\Windows" : root) + "\\System32";
  }

  /**
   * Binds functions of a DLL.
   *
   * @throws HcsException 0x7e naming the DLL, if there is none
   */
  public static <T extends Library> T load(String name, Class<T> functions) {
    try {
      return Native.load(name, functions);
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
