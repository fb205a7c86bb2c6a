package io.gardencell.image.source;

import java.util.List;

/**
 * What a source says of an image.
 *
 * @param layers base first
 * @param env environment of the image's configuration
 */
public record ImageDescription(List<LayerInfo> layers, List<String> env) {

  public ImageDescription {
    layers = List.copyOf(layers);
    env = List.copyOf(env);
  }
}
