package io.gardencell.api.spi;

import java.util.OptionalLong;
import java.util.Set;

/** Makes root file systems (Source: guardian: imageplugin/; groot's create, delete, stats). */
public interface ImagePlugin {

  /**
   * Makes the volume of a container. On failure nothing of it is left.
   *
   * @throws io.gardencell.api.GardenException if the image cannot be had or a volume for the handle
   *     exists already
   */
  RootFilesystem create(ImageRequest request);

  /** Removes the volume of a container; unknown handles are no failure. */
  void delete(String handle);

  /**
   * Disk usage of a container's volume.
   *
   * @throws io.gardencell.api.GardenException if there is no such volume
   */
  DiskUsage usage(String handle);

  /** Bytes that containers may use in all; empty if the plugin cannot tell. */
  OptionalLong capacity();

  /** Handles that have a volume: on start the server removes those it does not know. */
  Set<String> handles();
}
