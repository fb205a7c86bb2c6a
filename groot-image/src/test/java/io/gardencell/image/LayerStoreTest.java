package io.gardencell.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProvider;
import io.gardencell.hcs.fault.Fault;
import io.gardencell.hcs.fault.FaultyHost;
import io.gardencell.image.layer.TarBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When a layer is made, when it is there already, and when it must be gone. */
@DisabledOnOs(OS.WINDOWS) // the emulated host needs a POSIX system
class LayerStoreTest {

  private static final String OPEN = "LayerFiles.open";
  private static final String DESTROY = "ScratchLayers.destroy";

  private FaultyHost host;
  private GrootImage groot;
  private Path layers;
  private TestImage image;

  @BeforeEach
  void open(@TempDir Path directory) {
    Path data = directory.resolve("data");
    host = new FaultyHost(HostProvider.named("emulated").open(new HostOptions(data)));
    groot = new GrootImage(host.host(), ImageConfig.defaults(data));
    layers = data.resolve("groot/layers");
    image =
        new TestImage(directory.resolve("image"))
            .layer(
                new TarBuilder()
                    .directory("Files")
                    .file("Files/old", "o".repeat(50))
                    .file("Files/a", "a".repeat(100))
                    .file("Files/b", "b".repeat(200))
                    .directory("UtilityVM")
                    .directory("UtilityVM/Files")
                    .file("UtilityVM/Files/u", "")
                    .bytes())
            .layer(
                new TarBuilder()
                    .directory("Files")
                    .file("Files/a", "again")
                    .file("Files/.wh.old", "")
                    .special("Files/c", TarConstants.LF_LINK, "Files/b", Map.of())
                    .special("Files/d", TarConstants.LF_SYMLINK, "a", Map.of())
                    .directory("UtilityVM")
                    .directory("UtilityVM/Files")
                    .file("UtilityVM/Files/u", "u")
                    .bytes());
  }

  @AfterEach
  void close() {
    host.close();
  }

  private Path size(int layer) {
    return layers.resolve(image.chainIds().get(layer)).resolve("size");
  }

  private void pull() {
    groot.pull(image.uri(), "", "");
  }

  // groot-image.md §23 cases 84 and 92
  @Test
  void makesALayerThatIsNotThere() {
    pull();

    assertThat(size(0)).hasContent("350");
    assertThat(size(1)).hasContent("6");
    assertThat(layers.resolve(image.chainIds().get(1)).resolve("Files")).isDirectory();
  }

  // groot-image.md §23 cases 85 and 87
  @Test
  void believesTheSizeOfALayerThatIsThere() throws IOException {
    pull();
    Files.writeString(size(0), "300\n");
    host.heal();

    pull();

    assertThat(host.calls()).doesNotContain(OPEN, DESTROY);
    assertThat(size(0)).hasContent("300\n");
  }

  // groot-image.md §23 cases 86 and 96: as a killed pull leaves it
  @Test
  void makesALayerWithoutSizeAnew() throws IOException {
    pull();
    Files.delete(size(1));
    Path rubbish = Files.createFile(size(1).resolveSibling("rubbish"));
    host.heal();

    pull();

    assertThat(host.calls().indexOf(DESTROY))
        .isNotNegative()
        .isLessThan(host.calls().indexOf(OPEN));
    assertThat(rubbish).doesNotExist();
    assertThat(size(1)).hasContent("6");
  }

  // groot-image.md §23 cases 88, 89, 93 and 94: whatever the host refuses, at whichever call
  @ParameterizedTest
  @EnumSource(
      value = Fault.Kind.class,
      names = {"FAIL", "HALF"})
  void aFailureOfTheHostLeavesNoHalfLayer(Fault.Kind kind) {
    int step = kind == Fault.Kind.FAIL ? 1 : 4; // each costs time
    int failures = 0;
    for (int n = 1; ; n += step) {
      host.inject(Fault.nth(kind, n));
      boolean failed = false;
      try {
        pull();
      } catch (GardenException e) {
        failed = true;
        failures++;
      }
      String call = n <= host.calls().size() ? host.calls().get(n - 1) : "none";
      host.heal();
      for (String layer : DriverStore.names(layers)) {
        assertThat(layers.resolve(layer).resolve("size")).as(call + " " + n).exists();
      }
      assertThat(kind == Fault.Kind.HALF || host.openHandles() == 0).as(call + " " + n).isTrue();
      if (call.equals("none")) {
        assertThat(failed).isFalse();
        assertThat(failures).isGreaterThan(60 / step);
        return;
      }
      if (n % 10 == 1) {
        pull();
        assertThat(size(1)).as(call + " " + n).hasContent("6");
      }
      image.chainIds().forEach(this::remove);
    }
  }

  private void remove(String layer) {
    Path directory = layers.resolve(layer);
    if (host.host().scratchLayers().exists(directory)) {
      host.host().scratchLayers().destroy(directory);
    }
  }

  // groot-image.md §23 case 95
  @Test
  void twoPullsAtOnceMakeALayerOnce() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      for (Future<?> pull : List.of(pool.submit(this::pull), pool.submit(this::pull))) {
        pull.get(1, TimeUnit.MINUTES);
      }
    } finally {
      pool.shutdownNow();
    }

    assertThat(host.calls().stream().filter("LayerImport.importLayer"::equals)).hasSize(1);
    assertThat(host.calls().stream().filter("LayerImport.processBaseImage"::equals)).hasSize(1);
    assertThat(size(1)).hasContent("6");
  }
}
