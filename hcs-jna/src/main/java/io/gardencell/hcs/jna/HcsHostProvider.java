package io.gardencell.hcs.jna;

import com.sun.jna.Memory;
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

  private static final int VERSION_BYTES = 284;
  private static final long LOCAL_MACHINE = 0xFFFFFFFF80000002L;
  private static final int REG_DWORD_ONLY = 0x10;

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
    var layers = new JnaLayers(dlls.layers(), failures);
    var privileges = new Privileges(dlls.advapi32(), dlls.kernel32(), failures);
    var files = new NtFiles(dlls.ntdll(), failures);
    return new Host(
        name(),
        "Windows build " + build(dlls),
        true,
        new JnaCompute(
            new ComputeCalls(
                dlls.compute(), failures, new Notifications(executor), pipes, executor)),
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

  /** Build and revision; the version comes from ntdll, which no manifest can mislead. */
  private static String build(NativeLibraries dlls) {
    try (Memory version = new Memory(VERSION_BYTES)) {
      version.clear();
      version.setInt(0, VERSION_BYTES);
      dlls.ntdll().RtlGetVersion(version);
      var revision = new IntByReference();
      int code =
          dlls.advapi32()
              .RegGetValueW(
                  Pointer.createConstant(LOCAL_MACHINE),
                  Wide.of("SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"),
                  Wide.of("UBR"),
                  REG_DWORD_ONLY,
                  new IntByReference(),
                  revision,
                  new IntByReference(4));
      return version.getInt(12) + (code == 0 ? "." + revision.getValue() : "");
    }
  }
}
