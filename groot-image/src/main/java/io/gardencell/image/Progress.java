package io.gardencell.image;

import io.gardencell.image.source.LayerInfo;
import java.util.List;

/** Told what a pull does; from several threads at once. */
public interface Progress {

  /** Nobody listens. */
  Progress NONE = new Progress() {};

  /** The image is known; so many of its layers are missing. */
  default void begun(List<LayerInfo> layers, int missing) {}

  /** So many more stored bytes of a layer arrived. */
  default void downloaded(LayerInfo layer, long bytes) {}

  /** A layer is there. */
  default void done(LayerInfo layer, boolean wasCached) {}
}
