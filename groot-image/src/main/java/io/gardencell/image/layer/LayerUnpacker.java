package io.gardencell.image.layer;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.LayerFolder;
import io.gardencell.image.source.VerifiedLayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Turns a tar stream into a layer of the host (Source: groot-windows: driver/unpack.go). Any
 * thread.
 *
 * @param linuxLayers whether a layer made on Linux is taken, see {@link EntryNames}
 * @param maxEntries most entries of a layer
 */
public record LayerUnpacker(Host host, boolean linuxLayers, int maxEntries) {

  /**
   * Unpacks and finishes a layer.
   *
   * @param layer existing, empty directory
   * @param parents newest first
   * @param importFolder empty directory for the transport form, the caller's to remove
   * @return bytes of the regular files
   */
  public long unpack(Path layer, List<Path> parents, Path importFolder, VerifiedLayer tar)
      throws IOException {
    try (LayerWriter writer =
            parents.isEmpty()
                ? new BaseLayerWriter(host, layer)
                : new DifferentialLayerWriter(host, layer, parents, importFolder);
        LayerFolder top = host.layerFiles().open(layer)) {
      long size = verifiedEntries(tar, writer, top);
      writer.finish();
      return size;
    }
  }

  /**
   * If the bytes are not those of the manifest, that is the failure to tell, whatever came of it.
   */
  private long verifiedEntries(VerifiedLayer tar, LayerWriter writer, LayerFolder top)
      throws IOException {
    long size;
    try {
      EntryNames names = new EntryNames(linuxLayers);
      size = new LayerEntries(new TarEntries(tar, maxEntries), names, writer, top).unpackAll();
    } catch (IOException | GardenException e) {
      tar.blame();
      throw e;
    }
    tar.verify();
    return size;
  }
}
