package io.gardencell.emulator.volume;

import io.gardencell.emulator.state.StateDirectory;
import io.gardencell.hcs.LayerImport;
import io.gardencell.hcs.ScratchLayers;
import java.util.function.Predicate;

/** The ports of layers over one set of copying threads, which end with it. */
public final class EmulatedStorage implements AutoCloseable {

  private final TreeCopy copy = new TreeCopy();
  private final EmulatedLayerImport layerImport = new EmulatedLayerImport(copy);
  private final EmulatedScratchLayers scratchLayers;

  /**
   * Layers whose volumes lie in a state directory.
   *
   * @param inUse whether a compute system uses the volume of this name
   */
  public EmulatedStorage(StateDirectory state, EmulatedQuota quota, Predicate<String> inUse) {
    this.scratchLayers = new EmulatedScratchLayers(state, quota, copy, inUse);
  }

  /** Life cycle of writable layers. */
  public ScratchLayers scratchLayers() {
    return scratchLayers;
  }

  /** Import of read-only layers. */
  public LayerImport layerImport() {
    return layerImport;
  }

  @Override
  public void close() {
    copy.close();
  }
}
