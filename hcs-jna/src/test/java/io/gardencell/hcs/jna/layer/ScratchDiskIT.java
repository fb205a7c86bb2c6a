package io.gardencell.hcs.jna.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.ptr.LongByReference;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.jna.StandIn;
import io.gardencell.hcs.jna.StandInFixture;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.NativeLibraries;
import io.gardencell.hcs.jna.win32.Wide;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Growing of a scratch layer on builds that grow only its disk. The stand-in keeps the sizes of
 * disk and file system, no file system. Run by acceptance/win64/run.sh only.
 */
@Timeout(60)
class ScratchDiskIT {

  private static final long TERABYTE = 1L << 40;

  private final StandIn standIn = new StandIn();
  private final NativeLibraries dlls = NativeLibraries.load();
  private final Failures failures = new Failures(dlls.kernel32(), dlls.ole32());
  private StandInFixture fixture;
  private Path base;
  private Path layer;

  @BeforeEach
  void createLayer() {
    fixture = new StandInFixture();
    standIn.forgetToGrow(true);
    base = fixture.baseLayer();
    layer = fixture.directory().resolve("scratch-" + UUID.randomUUID());
    layers(17763).create(layer, List.of(base));
  }

  @AfterEach
  void closeHost() {
    standIn.faults();
    standIn.forgetToGrow(false);
    fixture.close();
  }

  private JnaLayers layers(int build) {
    return new JnaLayers(
        NativeLibraries.vmcompute(VmComputeLayers.class),
        failures,
        new ScratchDisk(
            NativeLibraries.load("virtdisk", VirtDisk.class), dlls.kernel32(), failures, build));
  }

  private long sizeOfVolume() {
    JnaLayers layers = layers(17763);
    layers.activate(layer);
    layers.prepare(layer, List.of(base));
    var total = new LongByReference();
    assertThat(
            dlls.kernel32()
                .GetDiskFreeSpaceExW(
                    Wide.of(layers.mountPath(layer).orElseThrow()),
                    new LongByReference(),
                    total,
                    new LongByReference()))
        .isTrue();
    return total.getValue();
  }

  // hcs-abi.md §7 and §9.7
  @Test
  void growsTheVolumeWhereTheBuildForgetsIt() {
    layers(18362).expand(layer, TERABYTE);

    assertThat(sizeOfVolume()).isEqualTo(TERABYTE);
    assertThat(standIn.journal("OpenVirtualDisk")).last().asString().contains("sandbox.vhdx");
    assertThat(standIn.journal("DeviceIoControl"))
        .last()
        .asString()
        .contains(
            "\"code\":%d,\"sectors\":%d".formatted(ScratchDisk.EXTEND_VOLUME, TERABYTE / 512));
  }

  @Test
  void leavesItToPreparingWhereTheBuildDoesIt() {
    int before = standIn.journal("AttachVirtualDisk").size();

    layers(17763).expand(layer, TERABYTE);
    layers(19041).expand(layer, TERABYTE);

    assertThat(standIn.journal("AttachVirtualDisk")).hasSize(before);
    assertThat(sizeOfVolume()).isLessThan(TERABYTE);
  }

  @Test
  void aVolumeThatFillsItsDiskIsLeftAlone() {
    layers(18363).expand(layer, TERABYTE);
    int before = standIn.journal("DeviceIoControl").size();

    layers(18363).expand(layer, TERABYTE);

    assertThat(standIn.journal("DeviceIoControl")).hasSize(before + 1);
  }

  @Test
  void whateverFailsTheDiskIsDetached() {
    for (String function :
        List.of("OpenVirtualDisk", "AttachVirtualDisk", "CreateFileW", "DeviceIoControl")) {
      standIn.faults(function + "=0x80070020");
      assertThatThrownBy(() -> layers(18362).expand(layer, TERABYTE))
          .isInstanceOfSatisfying(
              HcsException.class, e -> assertThat(e.function()).startsWith(function));
    }
    standIn.faults();

    // an attached disk refuses to be activated
    layers(17763).activate(layer);
    layers(17763).deactivate(layer);
    layers(17763).destroy(layer);
  }
}
