package io.gardencell.server.cell;

import io.gardencell.api.BindMount;
import io.gardencell.api.CpuLimits;
import io.gardencell.api.MemoryLimits;
import io.gardencell.api.ProcessSpec;
import io.gardencell.api.ResourceLimits;
import io.gardencell.api.TtySpec;
import io.gardencell.api.oci.OciMount;
import io.gardencell.api.oci.OciProcess;
import io.gardencell.api.oci.OciRoot;
import io.gardencell.api.oci.OciSpec;
import io.gardencell.api.oci.OciWindows;
import io.gardencell.api.spi.RootFilesystem;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns Garden's specs into OCI's (guardian: rundmc/bundlerules, rundmc/processes). */
public final class Bundles {

  private static final String INIT_DIRECTORY = "C:\\Windows\\Temp\\bin";
  private static final int HOSTNAME = 49;
  private static final long MAX_SHARES = 65535;

  private final Path initBin;

  public Bundles(Path initBin) {
    this.initBin = initBin.toAbsolutePath();
  }

  public OciSpec container(
      String handle,
      RootFilesystem rootfs,
      List<String> env,
      List<BindMount> bindMounts,
      CpuLimits cpu,
      MemoryLimits memory) {
    OciProcess init =
        OciProcess.of(List.of(INIT_DIRECTORY + "\\" + initBin.getFileName()), env, "/", "");
    String hostname = handle.substring(Math.max(0, handle.length() - HOSTNAME));
    return spec(init, rootfs, hostname, bindMounts, windows(rootfs, cpu, memory, ""));
  }

  public OciSpec sidecar(
      String sandbox, RootFilesystem rootfs, OciProcess process, ProcessSpec spec) {
    CpuLimits cpu = spec.limits() == null ? CpuLimits.NONE : spec.limits().cpu();
    MemoryLimits memory = spec.limits() == null ? MemoryLimits.NONE : spec.limits().memory();
    List<BindMount> mounts = spec.bindMounts() == null ? List.of() : spec.bindMounts();
    return spec(process, rootfs, "", mounts, windows(rootfs, cpu, memory, sandbox));
  }

  private OciSpec spec(
      OciProcess process,
      RootFilesystem rootfs,
      String hostname,
      List<BindMount> bindMounts,
      OciWindows windows) {
    List<OciMount> mounts = new ArrayList<>(rootfs.mounts());
    mounts.add(
        new OciMount(INIT_DIRECTORY, "bind", String.valueOf(initBin.getParent()), List.of("bind")));
    for (BindMount mount : bindMounts) {
      mounts.add(OciMount.bind(mount.srcPath(), mount.dstPath(), !mount.isWritable()));
    }
    return new OciSpec(
        OciSpec.VERSION, process, new OciRoot(rootfs.rootPath()), hostname, mounts, windows);
  }

  private static OciWindows windows(
      RootFilesystem rootfs, CpuLimits cpu, MemoryLimits memory, String sharedNetwork) {
    OciWindows image = rootfs.windows();
    OciWindows.Network network =
        sharedNetwork.isEmpty() ? null : new OciWindows.Network(sharedNetwork);
    if (image == null) {
      return new OciWindows(
          List.of(), null, network == null ? new OciWindows.Network("") : network);
    }
    BigInteger limit = new BigInteger(Long.toUnsignedString(memory.limitInBytes()));
    long shares = cpu.shares();
    int clamped =
        Long.compareUnsigned(shares, MAX_SHARES) > 0 ? (int) MAX_SHARES : Math.toIntExact(shares);
    return new OciWindows(
        image.layerFolders(),
        new OciWindows.Resources(new OciWindows.Memory(limit), new OciWindows.Cpu(clamped)),
        network == null ? image.network() : network);
  }

  /** A process document; {@code username} may be empty. */
  public static OciProcess process(
      ProcessSpec spec, List<String> env, String cwd, String username) {
    List<String> args = new ArrayList<>();
    args.add(spec.path());
    args.addAll(spec.args());
    return new OciProcess(
        spec.tty() != null,
        consoleSize(spec.tty()),
        new OciProcess.User(0, 0, username),
        args,
        env,
        cwd,
        rlimits(spec.rlimits()));
  }

  private static OciProcess.ConsoleSize consoleSize(@Nullable TtySpec tty) {
    if (tty == null) {
      return new OciProcess.ConsoleSize(0, 0);
    }
    return tty.windowSize() == null
        ? new OciProcess.ConsoleSize(24, 80)
        : new OciProcess.ConsoleSize(tty.windowSize().rows(), tty.windowSize().columns());
  }

  private static List<OciProcess.Rlimit> rlimits(ResourceLimits limits) {
    List<OciProcess.Rlimit> result = new ArrayList<>();
    add(result, "RLIMIT_AS", limits.as());
    add(result, "RLIMIT_CORE", limits.core());
    add(result, "RLIMIT_CPU", limits.cpu());
    add(result, "RLIMIT_DATA", limits.data());
    add(result, "RLIMIT_FSIZE", limits.fsize());
    add(result, "RLIMIT_LOCKS", limits.locks());
    add(result, "RLIMIT_MEMLOCK", limits.memlock());
    add(result, "RLIMIT_MSGQUEUE", limits.msgqueue());
    add(result, "RLIMIT_NICE", limits.nice());
    add(result, "RLIMIT_NOFILE", limits.nofile());
    add(result, "RLIMIT_NPROC", limits.nproc());
    add(result, "RLIMIT_RSS", limits.rss());
    add(result, "RLIMIT_RTPRIO", limits.rtprio());
    add(result, "RLIMIT_SIGPENDING", limits.sigpending());
    add(result, "RLIMIT_STACK", limits.stack());
    return result;
  }

  private static void add(List<OciProcess.Rlimit> limits, String type, @Nullable Long value) {
    if (value != null) {
      limits.add(new OciProcess.Rlimit(type, value, value));
    }
  }
}
