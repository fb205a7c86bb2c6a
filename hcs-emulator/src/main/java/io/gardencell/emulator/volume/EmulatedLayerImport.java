package io.gardencell.emulator.volume;

import io.gardencell.emulator.state.Failures;
import io.gardencell.emulator.state.StateDirectory;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.LayerImport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** Turns transport folders into plain files, on top of what the parents have. Any thread. */
final class EmulatedLayerImport implements LayerImport {

  private final TreeCopy copy;

  EmulatedLayerImport(TreeCopy copy) {
    this.copy = copy;
  }

  @Override
  public String nameToGuid(String name) {
    return UUID.nameUUIDFromBytes(
            ("gardencell:" + name.toLowerCase(Locale.ROOT)).getBytes(StandardCharsets.UTF_8))
        .toString();
  }

  /**
   * Afterwards {@code Files} is the whole tree: what the parents have, as further names of their
   * files, and over it what came. No file of a parent is written to.
   */
  @Override
  public void importLayer(Path layer, Path importFolder, List<Path> parents) {
    String function = "ImportLayer";
    LayerChain.check(parents, function);
    if (!Files.isDirectory(importFolder)) {
      throw new HcsException(function, importFolder.toString(), HcsErrors.PATH_NOT_FOUND);
    }
    try {
      Path files = layer.resolve("Files");
      Files.createDirectories(layer);
      StateDirectory.removeTree(files);
      Files.createDirectory(files);
      for (Path tree : LayerChain.trees(parents)) {
        copy.over(tree, files, TreeCopy.Way.LINK);
      }
      new TransportFolder(importFolder, layer).unpack();
      LayerChain.markWhole(layer);
    } catch (IOException e) {
      throw Failures.of(function, layer.toString(), e);
    }
  }

  @Override
  public void processBaseImage(Path layer) {
    if (!Files.isDirectory(layer.resolve("Files"))) {
      throw new HcsException("ProcessBaseImage", layer.toString(), HcsErrors.PATH_NOT_FOUND);
    }
  }

  @Override
  public void processUtilityImage(Path utilityVm) {
    if (!Files.isDirectory(utilityVm)) {
      throw new HcsException("ProcessUtilityImage", utilityVm.toString(), HcsErrors.PATH_NOT_FOUND);
    }
  }
}
