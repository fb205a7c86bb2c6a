package io.gardencell.emulator.volume;

import io.gardencell.emulator.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Links of layers as symbolic links. Their targets are made relative, so that a link leads to the
 * same place in the layer and in every volume made of it; one that starts at the root, with or
 * without a drive, means the root of the image.
 */
final class LayerLink {

  private LayerLink() {}

  /**
   * Makes a link of the file or directory, which is replaced. What would lead out of the image, and
   * reparse points that are no links, stay the empty files or directories they are.
   *
   * @param target with slashes; null for what is no link
   */
  static void make(Path path, @Nullable String target) throws IOException {
    Path parent = path.getParent();
    Path root = rootOf(path);
    if (target == null || target.isEmpty() || parent == null || root == null) {
      return;
    }
    String inside = target.replaceFirst("^/\\?\\?/", "").replaceFirst("^[A-Za-z]:(?=/|$)", "");
    boolean rooted = inside.startsWith("/") || !inside.equals(target);
    if (inside.indexOf(':') >= 0) {
      return;
    }
    Path leadsTo =
        (rooted ? root.resolve(inside.replaceFirst("^/+", "")) : parent.resolve(inside))
            .normalize();
    if (!leadsTo.startsWith(root)) {
      return;
    }
    Path written = rooted ? parent.relativize(leadsTo) : Path.of(inside);
    StateDirectory.removeTree(path);
    Files.createSymbolicLink(path, written.toString().isEmpty() ? Path.of(".") : written);
  }

  /** The outermost {@code Files} directory above; null outside of one. */
  private static @Nullable Path rootOf(Path path) {
    Path found = null;
    for (Path at = path.getParent(); at != null; at = at.getParent()) {
      if ("Files".equals(String.valueOf(at.getFileName()))) {
        found = at;
      }
    }
    return found;
  }
}
