package io.gardencell.image.layer;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.FileBasicInfo;
import io.gardencell.hcs.LayerFile;
import io.gardencell.hcs.LayerFolder;

/**
 * Writes the {@code UtilityVM} folder of a layer with parents: not in the transport form, but in
 * place, on top of what the nearest parent has (Source: hcsshim: internal/wclayer/legacy.go). One
 * thread.
 */
final class UtilityVmWriter {

  private final LayerFolder layer;
  private final LayerFolder parent;
  private final DirectoryTimes times = new DirectoryTimes();
  private boolean begun;

  UtilityVmWriter(LayerFolder layer, LayerFolder parent) {
    this.layer = layer;
    this.parent = parent;
  }

  boolean isBegun() {
    return begun;
  }

  /** Makes the folder, once. */
  void begin() {
    if (begun) {
      return;
    }
    layer.create(UtilityVm.ROOT, new FileBasicInfo(0, 0, 0, 0, FileBasicInfo.DIRECTORY)).close();
    begun = true;
    UtilityVm.cloneFrom(parent, layer, times);
  }

  /** A new file, or the directory that is there. */
  LayerFile add(String name, FileBasicInfo info) {
    if (!begun) {
      throw GardenException.failure("missing UtilityVM directory");
    }
    if (!name.equals(UtilityVm.FILES) && !UtilityVm.isBelow(name, UtilityVm.FILES)) {
      throw GardenException.failure("invalid UtilityVM layer");
    }
    FileBasicInfo old = layer.find(name).orElse(null);
    int kind = FileBasicInfo.DIRECTORY | FileBasicInfo.REPARSE_POINT;
    boolean keep =
        old != null
            && info.isDirectory()
            && (old.attributes() & kind) == (info.attributes() & kind);
    if (old != null && !keep) {
      layer.remove(name); // it may be a link to the parent's file
    }
    if (info.isDirectory() && !info.isReparsePoint()) {
      times.add(name, info);
    }
    return keep ? layer.open(name) : layer.create(name, info);
  }

  void remove(String name) {
    begin();
    if (layer.find(name).isEmpty()) {
      throw GardenException.failure("invalid tombstone " + name);
    }
    layer.remove(name);
  }

  void finish() {
    times.apply(layer);
  }
}
