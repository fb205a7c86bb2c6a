package io.gardencell.hcs.jna.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.LongByReference;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.jna.ScriptedLibrary;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.Kernel32;
import io.gardencell.hcs.jna.win32.Ole32;
import io.gardencell.hcs.jna.win32.Wide;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How the layer functions are called; the DLL is answered for, so this runs anywhere. */
class JnaLayersTest {

  private static final Path LAYER = Path.of("scratch");

  private final ScriptedLibrary<VmComputeLayers> vmcompute =
      new ScriptedLibrary<>(VmComputeLayers.class);
  private final ScriptedLibrary<Kernel32> kernel32 =
      new ScriptedLibrary<>(Kernel32.class).on("FormatMessageW", arguments -> 0);
  private final Failures failures =
      new Failures(kernel32.dll(), new ScriptedLibrary<>(Ole32.class).dll());
  private final JnaLayers layers =
      new JnaLayers(
          vmcompute.dll(),
          failures,
          new ScratchDisk(
              new ScriptedLibrary<>(VirtDisk.class).dll(), kernel32.dll(), failures, 17763));

  // hcs-abi.md §18 case 9
  @Test
  void aMountPathIsAskedForTwiceAndNoneOnce() {
    String volume = "\\\\?\\Volume{a1b2c3d4-0102-abcd-e0e1-e2e3e4e5e6e7}\\";
    List<Long> lengths = new ArrayList<>();
    vmcompute.on(
        "GetLayerMountPath",
        arguments -> {
          LongByReference length = (LongByReference) arguments[2];
          lengths.add(length.getValue());
          if (arguments[3] == null) {
            length.setValue(volume.length() + 1L);
          } else {
            byte[] text = (volume + "\0").getBytes(StandardCharsets.UTF_16LE);
            assertThat(((Memory) arguments[3]).size()).isEqualTo(text.length);
            ((Memory) arguments[3]).write(0, text, 0, text.length);
          }
          return 0;
        });
    assertThat(layers.mountPath(LAYER)).contains(volume);
    assertThat(lengths).containsExactly(0L, volume.length() + 1L);

    vmcompute.on("GetLayerMountPath", arguments -> 0);
    int before = vmcompute.calls().size();
    assertThat(layers.mountPath(LAYER)).isEmpty();
    assertThat(vmcompute.calls()).hasSize(before + 1);
  }

  // hcs-abi.md §18 cases 6 and 7
  @Test
  void parentsAreDescribedNewestFirstWithTheIdsOfTheirNames() {
    List<String> named = new ArrayList<>();
    vmcompute.on(
        "NameToGuid",
        arguments -> {
          named.add(arguments[0].toString());
          ((Pointer) arguments[1]).setInt(0, named.size());
          return 0;
        });
    vmcompute.on(
        "PrepareLayer",
        arguments -> {
          Pointer info = (Pointer) arguments[0];
          assertThat(info.getInt(0)).isEqualTo(1);
          assertThat(Wide.of(info.getPointer(8))).isEmpty();
          Pointer parents = (Pointer) arguments[2];
          assertThat(arguments[3]).isEqualTo(2);
          assertThat(parents.getInt(0)).isEqualTo(1);
          assertThat(Wide.of(parents.getPointer(24))).endsWith("top");
          assertThat(parents.getInt(32)).isEqualTo(2);
          assertThat(Wide.of(parents.getPointer(32 + 24))).endsWith("base");
          return 0;
        });

    layers.prepare(LAYER, List.of(Path.of("store", "top"), Path.of("store", "base")));

    assertThat(named).containsExactly("top", "base");
    assertThat(vmcompute.calls()).endsWith("PrepareLayer");
  }

  // hcs-abi.md §18 case 40
  @Test
  void aLayerFunctionThatThisBuildLacksIsAFailureThatNamesIt() {
    vmcompute.on(
        "ExpandSandboxSize",
        arguments -> {
          throw new UnsatisfiedLinkError("ExpandSandboxSize");
        });

    assertThatThrownBy(() -> layers.expand(LAYER, 1 << 30))
        .isInstanceOf(HcsException.class)
        .hasMessageContaining("Failed to find ExpandSandboxSize procedure in vmcompute.dll");
    layers.activate(LAYER);
  }
}
