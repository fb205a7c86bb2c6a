package io.gardencell.hcs.jna;

import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProvider;
import io.gardencell.hcs.jna.compute.JnaCompute;
import io.gardencell.hcs.jna.layer.JnaLayerFiles;
import io.gardencell.hcs.jna.layer.JnaLayers;
import io.gardencell.hcs.jna.network.HnsClient;
import io.gardencell.hcs.jna.network.JnaInterfaces;
import io.gardencell.hcs.jna.stdio.CompletionPort;
import io.gardencell.hcs.jna.stdio.HandleOutput;
import io.gardencell.hcs.jna.volume.InstalledQuota;
import io.gardencell.hcs.jna.volume.JnaVolumes;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.Kernel32;
import io.gardencell.hcs.jna.win32.NativeLibraries;
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
    NativeLibraries libraries = NativeLibraries.load();
    var failures = new Failures(libraries.kernel32(), libraries.ole32());
    WindowsVersion version = WindowsVersion.read(libraries.ntdll(), libraries.advapi32());
    // a DLL that is missing shows in these, before there is a thread that could be left behind
    var hns = HnsClient.of(failures);
    var interfaces = JnaInterfaces.of(failures);
    var layers = JnaLayers.of(libraries, failures, version.build());
    var volumes = new JnaVolumes(libraries.kernel32(), failures);
    var quota = InstalledQuota.of(libraries, failures, volumes);
    ExecutorService executor =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "hcs-notify");
              thread.setDaemon(true);
              return thread;
            });
    var pipes = new CompletionPort(libraries.kernel32(), failures);
    return new Host(
        name(),
        version.toString(),
        version.build(),
        true,
        JnaCompute.of(libraries, failures, pipes, executor),
        new JnaProcesses(libraries.kernel32(), failures),
        volumes,
        hns,
        hns,
        interfaces,
        layers,
        layers,
        JnaLayerFiles.of(libraries, failures),
        quota,
        () -> {
          quota.close();
          executor.shutdown();
          pipes.close();
        });
  }

  @Override
  public OutputStream openHandle(long handle) {
    if (!Platform.isWindows()) {
      return HostProvider.super.openHandle(handle);
    }
    NativeLibraries libraries = NativeLibraries.load();
    return HandleOutput.open(
        handle, libraries.kernel32(), new Failures(libraries.kernel32(), libraries.ole32()));
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
