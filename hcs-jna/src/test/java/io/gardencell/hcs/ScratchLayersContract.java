package io.gardencell.hcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link ScratchLayers} does (hcs-abi.md section 7, groot-image.md section 13). */
public abstract class ScratchLayersContract extends HostContract {

  private static final String VOLUME =
      "\\\\\\\\\\?\\\\Volume\\{[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\}\\\\";

  private ScratchLayers layers;
  private Path layer;
  private List<Path> parents;

  @BeforeEach
  void chooseLayer() {
    layers = host().scratchLayers();
    layer = fixture().directory().resolve(unique("scratch"));
    parents = List.of(fixture().baseLayer());
  }

  @Test
  void isMadeInThreeStepsAndRemovedInThree() {
    assertThat(layers.exists(layer)).isFalse();

    layers.create(layer, parents);
    assertThat(layers.exists(layer)).isTrue();
    layers.activate(layer);
    layers.prepare(layer, parents);
    assertThat(layers.mountPath(layer).orElseThrow()).matches(VOLUME);

    layers.unprepare(layer);
    layers.deactivate(layer);
    layers.destroy(layer);
    assertThat(layers.exists(layer)).isFalse();
    assertThat(layer).doesNotExist();
  }

  @Test
  void givesEachLayerAVolumeOfItsOwn() {
    assertThat(volumeOf(preparedLayer())).isNotEqualTo(volumeOf(preparedLayer()));
  }

  @Test
  void refusesAPathThatIsTaken() {
    layers.create(layer, parents);
    assertThatThrownBy(() -> layers.create(layer, parents))
        .satisfies(code(HcsErrors.ALREADY_EXISTS));
  }

  @Test
  void refusesAParentThatIsNotThere() {
    Path absent = fixture().directory().resolve("absent");
    assertThatThrownBy(() -> layers.create(layer, List.of(absent)))
        .satisfies(code(HcsErrors.PATH_NOT_FOUND));
    assertThat(layers.exists(layer)).isFalse();
  }

  @Test
  void refusesALayerWithoutParents() {
    assertThatThrownBy(() -> layers.create(layer, List.of()))
        .satisfies(code(HcsErrors.INVALID_PARAMETER));
    assertThat(layers.exists(layer)).isFalse();
  }

  @Test
  void refusesStepsOutOfOrder() {
    assertThatThrownBy(() -> layers.activate(layer)).satisfies(code(HcsErrors.PATH_NOT_FOUND));
    layers.create(layer, parents);
    assertThatThrownBy(() -> layers.prepare(layer, parents)).satisfies(code(0x15));
    assertThatThrownBy(() -> layers.unprepare(layer)).satisfies(code(HcsErrors.NOT_FOUND));
    assertThatThrownBy(() -> layers.deactivate(layer)).satisfies(code(HcsErrors.NOT_FOUND));
    layers.activate(layer);
    assertThatThrownBy(() -> layers.activate(layer)).satisfies(code(HcsErrors.SHARING_VIOLATION));
    assertThatThrownBy(() -> layers.destroy(layer)).satisfies(code(HcsErrors.SHARING_VIOLATION));
    layers.prepare(layer, parents);
    assertThatThrownBy(() -> layers.prepare(layer, parents))
        .satisfies(code(HcsErrors.ALREADY_EXISTS));
    assertThatThrownBy(() -> layers.deactivate(layer)).satisfies(code(HcsErrors.SHARING_VIOLATION));
    assertThatThrownBy(() -> layers.destroy(layer)).satisfies(code(HcsErrors.SHARING_VIOLATION));
  }

  @Test
  void hasNoMountPathBeforeItIsMade() {
    assertThat(layers.mountPath(layer)).isEmpty();
  }

  @Test
  void refusesToDestroyWhatIsNotThere() {
    assertThatThrownBy(() -> layers.destroy(layer)).satisfies(code(HcsErrors.PATH_NOT_FOUND));
  }

  @Test
  void staysWhileASystemUsesIt() throws Exception {
    Path used = preparedLayer();
    ComputeSystem system =
        host().compute().create(unique("system"), document(volumeOf(used)), TIMEOUT);
    system.start(TIMEOUT);
    assertThatThrownBy(() -> layers.unprepare(used)).satisfies(code(HcsErrors.SHARING_VIOLATION));

    system.terminate();
    system.exited().get(30, TimeUnit.SECONDS);
    system.close();
    layers.unprepare(used);
  }

  @Test
  void growsOnlyWhereItIs() {
    assertThatThrownBy(() -> layers.expand(layer, 1L << 40)).isInstanceOf(HcsException.class);
    layers.create(layer, parents);
    layers.expand(layer, 1L << 40);
  }

  @Test
  void staysPreparedAfterARestart() {
    Path prepared = preparedLayer();
    String volume = volumeOf(prepared);
    assertThat(reopened().scratchLayers().mountPath(prepared)).contains(volume);
  }

  @Test
  void isWritableWithoutChangingItsLayer() throws IOException {
    String volume = volumeOf(preparedLayer());
    assumeTrue(
        fixture().showsLayers(), "the files of volumes are out of sight here; runs where not");
    Path contents = fixture().contents(volume).orElseThrow();
    assertThat(contents.resolve("marker.txt")).hasContent("base");

    Files.writeString(contents.resolve("marker.txt"), "changed");
    Files.writeString(contents.resolve("new.txt"), "new");

    assertThat(parents.get(0).resolve("Files/marker.txt")).hasContent("base");
    assertThat(parents.get(0).resolve("Files/new.txt")).doesNotExist();
    Path other = fixture().contents(volumeOf(preparedLayer())).orElseThrow();
    assertThat(other.resolve("marker.txt")).hasContent("base");
  }
}
