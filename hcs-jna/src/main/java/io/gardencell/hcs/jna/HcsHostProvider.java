package io.gardencell.hcs.jna;

import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProvider;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The real Windows host; refuses to open anywhere else. */
public final class HcsHostProvider implements HostProvider {

  private static final int STD_ERROR_HANDLE = -12;

  /** For the service loader. */
  public HcsHostProvider() {}

  @Override
  public String name() {
    return "hcs";
  }

  @Override
  public boolean isDefaultHere() {
    return Platform.isWindows();
  }

  @Override
  public Host open(HostOptions options) {
    if (!Platform.isWindows()) {
      throw new HcsException(
          "LoadLibrary",
          "vmcompute.dll",
          HcsErrors.MOD_NOT_FOUND,
          "host hcs: %s is not Windows (expected: Windows with the Containers feature; or --host"
                  .formatted(System.getProperty("os.name"))
              + " emulated)",
          List.of());
    }
    NativeLibraries dlls = NativeLibraries.load();
    var failures = new Failures(dlls.kernel32(), dlls.ole32());
    ExecutorService executor =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "hcs-notify");
              thread.setDaemon(true);
              return thread;
            });
    var pipes = new CompletionPort(dlls.kernel32(), failures);
    var com = new ComThread(dlls.ole32(), failures);
    var volumes = new JnaVolumes(dlls.kernel32(), failures);
    var hns = new HnsClient(dlls.network(), failures);
    WindowsVersion version = WindowsVersion.read(dlls.ntdll(), dlls.advapi32());
    var disk = new ScratchDisk(dlls.virtDisk(), dlls.kernel32(), failures, version.build());
    var layers = new JnaLayers(dlls.layers(), failures, disk);
    var privileges = new Privileges(dlls.advapi32(), dlls.kernel32(), failures);
    var files = new NtFiles(dlls.ntdll(), failures);
    return new Host(
        name(),
        version.toString(),
        version.build(),
        true,
        new JnaCompute(
            new ComputeCalls(
                dlls.compute(), failures, new Notifications(executor), pipes, executor),
            new SiloJob(dlls.ntdll(), dlls.kernel32())),
        new JnaProcesses(dlls.kernel32(), failures),
        volumes,
        hns,
        hns,
        new JnaInterfaces(dlls.ipHlpApi(), failures),
        layers,
        layers,
        new JnaLayerFiles(dlls.kernel32(), files, privileges, failures),
        new InstalledQuota(
            new FsrmQuota(dlls.ole32(), dlls.oleAut32(), failures, com, volumes),
            new NtfsQuota(dlls.ole32(), failures, com, volumes)),
        () -> {
          com.close();
          executor.shutdown();
          pipes.close();
        });
  }

  @Override
  public OutputStream openHandle(long handle) {
    if (!Platform.isWindows()) {
      return HostProvider.super.openHandle(handle);
    }
    NativeLibraries dlls = NativeLibraries.load();
    return HandleOutput.open(handle, dlls.kernel32(), new Failures(dlls.kernel32(), dlls.ole32()));
  }

  @Override
  public boolean isErrorTerminal() {
    if (!Platform.isWindows()) {
      return false;
    }
    Kernel32 kernel32 = NativeLibraries.load().kernel32();
    return isTerminal(kernel32, kernel32.GetStdHandle(STD_ERROR_HANDLE));
  }

  static boolean isTerminal(Kernel32 kernel32, Pointer handle) {
    return kernel32.GetConsoleMode(handle, new IntByReference());
  }
}
