package io.gardencell.hcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every {@link LayerImport} does (hcs-abi.md section 7, groot-image.md section 11). */
public abstract class LayerImportContract extends HostContract {

  private static final int ARCHIVE = 0x20;
  private static final int DATA = 1;

  private Path fresh(String name) throws IOException {
    return Files.createDirectory(fixture().directory().resolve(unique(name)));
  }

  /** A file in transport form: attributes, then a backup stream. */
  static void transport(Path file, String content) throws IOException {
    byte[] attributes = {ARCHIVE, 0, 0, 0};
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(attributes);
      out.write(LayerFilesContract.stream(DATA, content.getBytes(StandardCharsets.UTF_8)));
    }
  }

  /** A directory in transport form: itself and its sidecar. */
  static void transportDirectory(Path directory) throws IOException {
    Files.createDirectory(directory);
    Files.write(
        directory.resolveSibling(directory.getFileName() + ".$wcidirs$"),
        new byte[] {0x10, 0, 0, 0});
  }

  private Path importFolder() throws IOException {
    Path folder = fresh("import");
    transportDirectory(folder.resolve("Files"));
    transportDirectory(folder.resolve("Files/bin"));
    transport(folder.resolve("Files/bin/tool.txt"), "tool");
    transport(folder.resolve("Files/top.txt"), "top");
    return folder;
  }

  @Test
  void derivesAStableIdFromAName() {
    LayerImport layers = host().layerImport();
    String id = layers.nameToGuid("some-layer");

    assertThat(id).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    assertThat(layers.nameToGuid("some-layer")).isEqualTo(id);
    assertThat(layers.nameToGuid("some-other-layer")).isNotEqualTo(id);
    assertThat(reopened().layerImport().nameToGuid("some-layer")).isEqualTo(id);
  }

  @Test
  void turnsATransportFolderIntoFiles() throws IOException {
    Path layer = fresh("layer");

    host().layerImport().importLayer(layer, importFolder(), List.of(fixture().baseLayer()));

    try (LayerFolder folder = host().layerFiles().open(layer)) {
      assertThat(LayerFilesContract.read(folder, "Files\\bin\\tool.txt"))
          .isEqualTo("tool".getBytes(StandardCharsets.UTF_8));
      assertThat(LayerFilesContract.read(folder, "Files\\top.txt"))
          .isEqualTo("top".getBytes(StandardCharsets.UTF_8));
      assertThat(folder.list("Files")).noneMatch(n -> n.endsWith(".$wcidirs$"));
    }
  }

  @Test
  void refusesFoldersThatAreNotThere() throws IOException {
    Path layer = fresh("layer");
    Path absent = fixture().directory().resolve("absent");
    List<Path> parents = List.of(fixture().baseLayer());

    assertThatThrownBy(() -> host().layerImport().importLayer(layer, absent, parents))
        .satisfies(code(HcsErrors.PATH_NOT_FOUND));
    Path folder = importFolder();
    assertThatThrownBy(() -> host().layerImport().importLayer(layer, folder, List.of(absent)))
        .satisfies(code(HcsErrors.PATH_NOT_FOUND));
  }

  @Test
  void refusesATransportFileThatIsCutOff() throws IOException {
    Path folder = importFolder();
    Path file = folder.resolve("Files/top.txt");
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 1));
    Path layer = fresh("layer");

    assertThatThrownBy(
            () -> host().layerImport().importLayer(layer, folder, List.of(fixture().baseLayer())))
        .satisfies(code(HcsErrors.INVALID_DATA));
  }

  @Test
  void finishesABaseLayerThatHasFiles() throws IOException {
    host().layerImport().processBaseImage(fixture().baseLayer());
    Path bare = fresh("bare");
    assertThatThrownBy(() -> host().layerImport().processBaseImage(bare))
        .isInstanceOf(HcsException.class);
    assertThatThrownBy(() -> host().layerImport().processUtilityImage(bare.resolve("UtilityVM")))
        .isInstanceOf(HcsException.class);
  }

  @Test
  void showsAVolumeOfAllLayers() throws IOException {
    Path base = fixture().baseLayer();
    Path layer = fresh("layer");
    host().layerImport().importLayer(layer, importFolder(), List.of(base));
    Path second = fresh("layer");
    Path folder = fresh("import");
    transportDirectory(folder.resolve("Files"));
    transport(folder.resolve("Files/top.txt"), "newer");
    host().layerImport().importLayer(second, folder, List.of(layer, base));
    assumeTrue(
        fixture().showsLayers(), "the files of volumes are out of sight here; runs where not");

    Path scratch = fixture().directory().resolve(unique("scratch"));
    List<Path> parents = List.of(second, layer, base);
    host().scratchLayers().create(scratch, parents);
    host().scratchLayers().activate(scratch);
    host().scratchLayers().prepare(scratch, parents);

    Path contents = fixture().contents(volumeOf(scratch)).orElseThrow();
    assertThat(contents.resolve("marker.txt")).hasContent("base");
    assertThat(contents.resolve("bin/tool.txt")).hasContent("tool");
    assertThat(contents.resolve("top.txt")).hasContent("newer");
  }
}
