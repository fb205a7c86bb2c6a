package io.gardencell.hcs.jna.layer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import io.gardencell.hcs.jna.StandIn;
import io.gardencell.hcs.jna.StandInFixture;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.NativeLibraries;
import io.gardencell.hcs.jna.win32.Wide;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Functions for layers that are bound so that the native surface is whole, but that no part of the
 * product asks for: their signatures, told by what arrives at the stand-in. Run by
 * acceptance/win64/run.sh only.
 */
@Timeout(60)
class RareLayerFunctionsIT {

  private static final int NOT_IMPLEMENTED = 0x80004001;

  private final StandIn standIn = new StandIn();
  private final NativeLibraries libraries = NativeLibraries.load();
  private final Failures failures = new Failures(libraries.kernel32(), libraries.ole32());
  private final VmComputeLayers layers = NativeLibraries.vmcompute(VmComputeLayers.class);
  private StandInFixture fixture;

  @BeforeEach
  void openHost() {
    fixture = new StandInFixture();
  }

  @AfterEach
  void closeHost() {
    fixture.close();
  }

  @Test
  void layersAreMadeExportedAndCopied() {
    Pointer info = new DriverInfo().pointer();
    Path layer = fixture.directory().resolve("made");
    assertThat(layers.CreateLayer(info, Wide.of(layer.toString()), Wide.of("parent-of-it")))
        .isZero();
    assertThat(layer).isDirectory();
    assertThat(standIn.last("CreateLayer"))
        .contains("\"Flavour\":1", "\"parent\":\"parent-of-it\"");

    try (LayerDescriptors parents =
        LayerDescriptors.of(
            List.of(Path.of("C:\\p\\one"), Path.of("C:\\p\\two")),
            name -> "a1b2c3d4-0102-abcd-e0e1-e2e3e4e5e6e7")) {
      assertThat(
              layers.ExportLayer(
                  info, Wide.of("C:\\l"), Wide.of("C:\\to"), parents.pointer(), parents.count()))
          .isEqualTo(NOT_IMPLEMENTED);
      assertThat(
              layers.CopyLayer(
                  info, Wide.of("C:\\l"), Wide.of("C:\\m"), parents.pointer(), parents.count()))
          .isEqualTo(NOT_IMPLEMENTED);
    }
    String both =
        "\"LayerId\":\"a1b2c3d4-0102-abcd-e0e1-e2e3e4e5e6e7\",\"Flags\":0,\"Path\":\"C:\\\\p\\\\one\"";
    assertThat(standIn.last("ExportLayer"))
        .contains("\"id\":\"C:\\\\l\"", "\"exportFolderPath\":\"C:\\\\to\"", both, "p\\\\two");
    assertThat(standIn.last("CopyLayer"))
        .contains("\"id\":\"C:\\\\l\"", "\"to\":\"C:\\\\m\"", both, "p\\\\two");
  }

  @Test
  void baseImagesAreListedAndFilesGranted() {
    var images = new PointerByReference();

    assertThat(layers.GetBaseImages(images)).isZero();
    assertThat(failures.take(images)).isEqualTo("{\"Images\":[]}");
    assertThat(standIn.left().strings()).isZero();
    assertThat(layers.GrantVmAccess(Wide.of("vm-1"), Wide.of("C:\\disk.vhdx"))).isZero();
    assertThat(standIn.last("GrantVmAccess"))
        .contains("\"vmid\":\"vm-1\"", "\"filepath\":\"C:\\\\disk.vhdx\"");
  }
}
