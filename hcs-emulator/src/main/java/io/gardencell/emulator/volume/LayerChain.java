package io.gardencell.emulator.volume;

import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Layers that stand on each other. An imported layer holds the whole tree, what it inherits too, as
 * one on a real host does; it is marked so. Layers without the mark are laid over what is below
 * them.
 */
final class LayerChain {

  private static final String MARK = "merged";

  private LayerChain() {}

  /** The layer's {@code Files} hold all that its parents have. */
  static void markWhole(Path layer) throws IOException {
    Files.write(layer.resolve(MARK), new byte[0]);
  }

  static void check(List<Path> layers, String function) {
    for (Path layer : layers) {
      if (!Files.isDirectory(layer)) {
        throw new HcsException(function, layer.toString(), HcsErrors.PATH_NOT_FOUND);
      }
    }
  }

  /**
   * The trees that make up what the newest layer shows, in the order to lay them.
   *
   * @param newestFirst layers, the base last
   */
  static List<Path> trees(List<Path> newestFirst) {
    List<Path> trees = new ArrayList<>();
    for (Path layer : newestFirst) {
      Path files = layer.resolve("Files");
      if (Files.isDirectory(files, LinkOption.NOFOLLOW_LINKS)) {
        trees.add(0, files);
      }
      if (Files.exists(layer.resolve(MARK))) {
        break;
      }
    }
    return trees;
  }
}
