package io.gardencell.api.spi;

import io.gardencell.api.oci.OciMount;
import io.gardencell.api.oci.OciWindows;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A made volume.
 *
 * @param rootPath value of {@code root.path}, for example {@code \\?\Volume{GUID}\}
 * @param env environment of the image, {@code NAME=value} in order
 * @param mounts mounts the image asks for
 * @param windows the {@code windows} object with the layer folders; null if the plugin gave none
 */
public record RootFilesystem(
    String rootPath, List<String> env, List<OciMount> mounts, @Nullable OciWindows windows) {

  public RootFilesystem {
    env = List.copyOf(env);
    mounts = List.copyOf(mounts);
  }
}
