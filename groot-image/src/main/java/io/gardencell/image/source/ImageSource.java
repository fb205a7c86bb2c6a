package io.gardencell.image.source;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Where an image comes from. Any thread. */
public interface ImageSource {

  /** Reads manifest and configuration. */
  ImageDescription describe() throws IOException;

  /** The tar file that is the image, if it is one. */
  default Optional<String> file() {
    return Optional.empty();
  }

  /** Whether layers are far away, so that they are better downloaded side by side. */
  default boolean isRemote() {
    return false;
  }

  /** Opens the stored bytes of a layer, unverified: see {@link VerifiedLayer}. */
  InputStream open(LayerInfo layer) throws IOException;
}
