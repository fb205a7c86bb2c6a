package io.gardencell.hcs.golden;

import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostInterface;
import io.gardencell.hcs.HostInterfaces;
import io.gardencell.hcs.HostQuota;
import io.gardencell.hcs.HostVolumes;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A host that notes each call on its ports under the name of the native function the real host
 * would use, with its arguments as the stand-in's journal has them, and fails where it is told to.
 * What opens, closes or watches is not noted. Any thread.
 */
public final class RecordingHost implements CallRecorder {

  private final Host inner;
  private final Tape tape = new Tape();

  /** Records what is asked of a host; whoever made that closes it. */
  public RecordingHost(Host inner) {
    this.inner = inner;
  }

  /** The host to give to the code under test; closing it closes nothing. */
  public Host host() {
    RecordingHns hns = new RecordingHns(tape, inner.networks(), inner.endpoints());
    RecordingLayers layers = new RecordingLayers(tape, inner.scratchLayers(), inner.layerImport());
    return new Host(
        inner.name(),
        inner.description(),
        inner.build(),
        inner.isolated(),
        new RecordingCompute(tape, inner.compute()),
        inner.processes(),
        new Volumes(),
        hns,
        hns,
        new Interfaces(),
        layers,
        layers,
        inner.layerFiles(),
        new Quota(),
        () -> {});
  }

  /** The failures to make from now on. */
  public void fail(FaultRules faults) {
    tape.load(faults);
  }

  @Override
  public void clear() {
    tape.clear();
  }

  @Override
  public List<RecordedCall> calls() {
    return tape.calls();
  }

  private final class Volumes implements HostVolumes {

    @Override
    public Path mountRoot() {
      return inner.volumes().mountRoot();
    }

    @Override
    public void mount(Path mountPoint, String volume) {
      tape.change(
          "SetVolumeMountPointW",
          mountPoint.toString(),
          Tape.args()
              .put("mountPoint", name(mountPoint))
              .put("volumeName", volume.endsWith("\\") ? volume : volume + "\\"),
          () -> inner.volumes().mount(mountPoint, volume));
    }

    @Override
    public void unmount(Path mountPoint) {
      tape.change(
          "DeleteVolumeMountPointW",
          mountPoint.toString(),
          Tape.args().put("mountPoint", name(mountPoint)),
          () -> inner.volumes().unmount(mountPoint));
    }

    @Override
    public Optional<String> mountedVolume(Path mountPoint) {
      return inner.volumes().mountedVolume(mountPoint);
    }

    /** As Windows names it, when it is below the mount root. */
    private String name(Path mountPoint) {
      Path root = inner.volumes().mountRoot();
      return mountPoint.startsWith(root)
          ? "c:\\proc\\" + root.relativize(mountPoint).toString().replace('/', '\\') + "\\"
          : mountPoint + "\\";
    }
  }

  private final class Interfaces implements HostInterfaces {
    private static final int IPV4 = 2;

    @Override
    public List<HostInterface> interfaces() {
      List<HostInterface> all = inner.interfaces().interfaces();
      return tape.due("GetAdaptersAddresses", "").isPresent()
          ? all.stream().filter(i -> !i.name().startsWith("vEthernet")).toList()
          : all;
    }

    @Override
    public long mtu(HostInterface adapter) {
      enter(adapter);
      return tape.call(
          "GetIpInterfaceEntry",
          adapter.name(),
          Tape.args().put("family", IPV4).put("alias", adapter.name()),
          () -> inner.interfaces().mtu(adapter));
    }

    @Override
    public void setMtu(HostInterface adapter, long mtu) {
      enter(adapter);
      tape.change(
          "SetIpInterfaceEntry",
          adapter.name(),
          Tape.args()
              .put("family", IPV4)
              .put("alias", adapter.name())
              .put("NlMtu", mtu)
              .put("SitePrefixLength", 0),
          () -> inner.interfaces().setMtu(adapter, mtu));
    }

    private void enter(HostInterface adapter) {
      tape.change(
          "SetCurrentThreadCompartmentId",
          "",
          Tape.args().put("compartmentId", adapter.compartment()),
          () -> {});
    }
  }

  private final class Quota implements HostQuota {

    @Override
    public void setLimit(String volume, long bytes) {
      tape.change(
          "SetQuota",
          volume,
          Tape.args().put("volume", volume).put("bytes", bytes),
          () -> inner.quota().setLimit(volume, bytes));
    }

    @Override
    public Optional<Long> used(String volume) {
      return tape.call(
          "GetQuotaUsed",
          volume,
          Tape.args().put("volume", volume),
          () -> inner.quota().used(volume));
    }

    @Override
    public long measure(String volume) {
      return inner.quota().measure(volume);
    }
  }
}
