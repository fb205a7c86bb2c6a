package io.gardencell.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.spi.DiskUsage;
import io.gardencell.api.spi.ImageRequest;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.golden.FaultRules;
import io.gardencell.hcs.golden.RecordedCall;
import io.gardencell.hcs.golden.RecordingHost;
import io.gardencell.image.layer.TarBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Volumes, their quota, statistics and removal, with a host that fails where it is told to. */
class VolumesTest {

  private final DirectoryHost directories = new DirectoryHost();
  private final RecordingHost host = new RecordingHost(directories.open());
  private Path directory;
  private Path store;
  private GrootImage groot;

  @BeforeEach
  void openPlugin(@TempDir Path temporary) {
    directory = temporary;
    store = directory.resolve("store");
    groot = new GrootImage(host.host(), ImageConfig.ofStore(store));
  }

  /** An image with so many bytes in each layer, of ones that gzip makes small. */
  private String image(int... bytes) {
    TestImage image = new TestImage(directory.resolve("image"));
    for (int i = 0; i < bytes.length; i++) {
      String text = String.valueOf(i).repeat(bytes[i]);
      image.layer(new TarBuilder().directory("Files").file("Files/a", text).bytes());
    }
    return image.uri();
  }

  private void create(String uri, long limit, boolean exclusive) {
    groot.create(new ImageRequest("web-1", uri, "", "", limit, exclusive));
  }

  private List<RecordedCall> calls(String function) {
    return host.calls().stream().filter(c -> c.function().equals(function)).toList();
  }

  private long quota() {
    assertThat(directories.limits).hasSize(1);
    return directories.limits.values().iterator().next();
  }

  // groot-image.md §23 cases 75, 130
  @Test
  void asksForNoQuotaWithoutALimit() {
    create(image(1000), 0, false);

    assertThat(calls("SetQuota")).isEmpty();
  }

  // groot-image.md §23 cases 76, 77, 130: ten kibibytes are added
  @ParameterizedTest
  @CsvSource({"50000, false, 59240", "50000, true, 60240", "52428800, true, 52439040"})
  void takesTheImageFromTheLimitUnlessItIsExcluded(long limit, boolean exclusive, long quota) {
    create(image(1000), limit, exclusive);

    assertThat(quota()).isEqualTo(quota);
  }

  // groot-image.md §23 case 78
  @Test
  void refusesALimitThatTheImageUsesUp() throws IOException {
    Path tar = directory.resolve("x.tar");
    Files.write(tar, new TarBuilder().directory("Files").file("Files/a", "").bytes());
    groot.pull(tar.toString(), "", "");
    Path size = store.resolve("layers").resolve(groot.layers().get(0)).resolve("size");
    Files.writeString(size, String.valueOf(Files.size(tar)));

    long limit = Files.size(tar);
    assertThatThrownBy(() -> create(tar.toString(), limit, false))
        .hasMessage("disk limit %d must be larger than image size %d".formatted(limit, limit));
    assertThat(groot.handles()).isEmpty();
    create(tar.toString(), limit + 1, false);
    assertThat(quota()).isEqualTo(1 + 10_240);
  }

  // groot-image.md §23 case 79
  @Test
  void refusesLayersThatAreTooLargeAsTheyAreStoredBeforeAnythingIsUnpacked() throws IOException {
    Path tar = directory.resolve("x.tar");
    Files.write(tar, new TarBuilder().directory("Files").file("Files/a", "1").bytes());
    long stored = Files.size(tar);

    assertThatThrownBy(() -> create(tar.toString(), stored - 1, false))
        .hasMessage(
            "pulling image: layers exceed disk quota %d/%d bytes".formatted(stored, stored - 1));
    assertThat(DriverStore.names(store.resolve("layers"))).isEmpty();

    create(tar.toString(), stored, false);
  }

  // groot-image.md §23 cases 80 and 81: of two layers the second no longer fits
  @Test
  void stopsWhenWhatIsUnpackedExceedsTheLimit() {
    String uri = image(40_000, 40_000);

    assertThatThrownBy(() -> create(uri, 70_000, false))
        .hasMessageEndingWith("uncompressed layer size exceeds quota");

    assertThat(groot.layers()).hasSize(1);
    assertThatThrownBy(() -> create(uri, 30_000, false))
        .hasMessageEndingWith("uncompressed layer size exceeds quota");
    create(uri, 100_000, false);
  }

  // groot-image.md §23 case 82
  @Test
  void pullsWhateverTheLimitIfTheImageIsExcluded() {
    create(image(40_000), 1, true);

    assertThat(quota()).isEqualTo(1 + 10_240);
  }

  // groot-image.md §23 case 127
  @Test
  void leavesAVolumeAloneWhoseHandleIsTaken() {
    create(image(10), 0, false);
    host.clear();

    assertThatThrownBy(() -> create(image(10), 0, false))
        .hasMessage("creating bundle: layer already exists: web-1");

    assertThat(calls("DestroyLayer")).isEmpty();
    assertThat(groot.usage("web-1").totalBytes()).isEqualTo(10);
  }

  // groot-image.md §23 case 128
  @ParameterizedTest
  @ValueSource(
      strings = {
        "CreateSandboxLayer",
        "ActivateLayer",
        "PrepareLayer",
        "GetLayerMountPath",
        "SetQuota"
      })
  void leavesNothingOfAVolumeThatCannotBeMade(String function) {
    String uri = image(10);
    groot.pull(uri, "", "");
    host.fail(FaultRules.of(function + "=0x80070005@*"));

    assertThatThrownBy(() -> create(uri, 50_000, false))
        .hasMessageStartingWith("creating bundle: ")
        .hasMessageContaining("Access is denied");

    assertThat(calls("DestroyLayer")).hasSize(1);
    assertThat(DriverStore.names(store.resolve("volumes"))).isEmpty();
    host.fail(FaultRules.of(""));
    create(uri, 50_000, false);
  }

  // groot-image.md §23 case 129
  @ParameterizedTest
  @CsvSource({"ActivateLayer, 0x80070015", "PrepareLayer, 0x8007048f"})
  void triesAgainWhereADiskIsNotReady(String function, String code) {
    String uri = image(10);
    host.fail(FaultRules.of("%1$s=%2$s@1,%1$s=%2$s@2".formatted(function, code)));

    create(uri, 0, false);

    assertThat(calls(function)).hasSize(3);
    assertThat(calls("DeactivateLayer")).hasSize(2);
  }

  // groot-image.md §23 case 133
  @Test
  void saysWhatFailedOfARemovalAlsoWhenOtherStepsWorked() {
    create(image(10), 0, false);
    host.fail(FaultRules.of("DestroyLayer=0x80070020@*"));

    assertThatThrownBy(() -> groot.delete("web-1"))
        .hasMessageStartingWith(
            "failed to remove layer (unprepare error: <nil>, deactivate error: <nil>, destroy"
                + " error: hcsshim::DestroyLayer - failed failed in Win32: ");

    assertThat(groot.wholeVolumes()).containsExactly("web-1");
  }

  // groot-image.md §23 case 135
  @Test
  void removesAHalfMadeVolumeAndLeavesTheLayers() throws IOException {
    groot.pull(image(10), "", "");
    Files.createDirectories(store.resolve("volumes/web-1"));

    groot.delete("web-1");

    assertThat(groot.handles()).isEmpty();
    assertThat(groot.layers()).hasSize(1);
  }

  // groot-image.md §23 case 136
  @Test
  void addsTheImageToWhatTheQuotaCounted() {
    directories.used = 6789;
    create(image(12_345), 50_000, false);

    assertThat(groot.usage("web-1")).isEqualTo(new DiskUsage(19_134, 6789));
  }

  // groot-image.md §23 case 138
  @Test
  void saysThatMetadataAreSpoiled() throws IOException {
    create(image(10), 0, false);
    Files.writeString(store.resolve("volumes/web-1/metadata.json"), "{\"size\":");

    assertThatThrownBy(() -> groot.usage("web-1"))
        .hasMessageStartingWith("couldn't parse metadata.json: ");
  }

  // groot-image.md §23 cases 139 and 140: no quota was set, so whether FSRM is there does not
  // matter
  @Test
  void measuresWhatWasWrittenWhereThereIsNoQuota() throws IOException {
    create(image(10), 0, false);
    directories.measured = 150;
    assertThat(groot.usage("web-1")).isEqualTo(new DiskUsage(60, 50));

    directories.measured = 90;
    assertThat(groot.usage("web-1")).isEqualTo(new DiskUsage(10, 0));

    directories.measured = 150;
    Files.writeString(store.resolve("volumes/web-1/metadata.json"), "{\"size\":10}");
    assertThat(groot.usage("web-1")).isEqualTo(new DiskUsage(10, 0));
  }

  // groot-image.md §23 case 141
  @Test
  void leavesNothingOfAVolumeWhoseMetadataCannotBeWritten() {
    String uri = image(10);
    directories.nextMeasure = new HcsException("GetDiskFreeSpaceExW", "", 5);

    assertThatThrownBy(() -> create(uri, 0, false))
        .hasMessageStartingWith("WriteMetadata failed: ");

    assertThat(calls("DestroyLayer")).hasSize(1);
    assertThat(DriverStore.names(store.resolve("volumes"))).isEmpty();
  }
}
