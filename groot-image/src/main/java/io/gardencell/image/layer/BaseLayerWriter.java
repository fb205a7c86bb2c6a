package io.gardencell.image.layer;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.FileBasicInfo;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.LayerFile;
import io.gardencell.hcs.LayerFolder;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Writes a layer without parents in place (Source: hcsshim: internal/wclayer/baselayer.go). */
final class BaseLayerWriter implements LayerWriter {

  private final Host host;
  private final Path layer;
  private final LayerFolder folder;
  private final DirectoryTimes directories = new DirectoryTimes();
  private @Nullable LayerFile current;
  private boolean hasUtilityVm;

  BaseLayerWriter(Host host, Path layer) {
    this.host = host;
    this.layer = layer;
    this.folder = host.layerFiles().open(layer);
  }

  @Override
  public void add(String name, FileBasicInfo info, boolean reparse) {
    closeCurrent();
    LayerFile file = create(name, info);
    current = file;
    file.setBasicInfo(info);
    if (info.isDirectory() && !reparse) {
      directories.add(name, info);
    }
    hasUtilityVm |= name.equals("UtilityVM\\Files");
  }

  /** The reference wraps the code of such failures in another one, always 0x1f. */
  private LayerFile create(String name, FileBasicInfo info) {
    try {
      return folder.create(name, info);
    } catch (HcsException e) {
      throw GardenException.failure(
          "Failed to safefile.OpenRelative failed in Win32: open \\\\?\\%s\\%s: %s (0x1f) %s"
              .formatted(layer, name, e.getMessage(), name),
          e);
    }
  }

  @Override
  public void security(ByteBuffer bytes) {
    stream(bytes);
  }

  @Override
  public void stream(ByteBuffer bytes) {
    if (current == null) {
      throw new IllegalStateException("no current entry");
    }
    current.writeBackup(bytes);
  }

  @Override
  public void link(String name, String target) {
    closeCurrent();
    folder.link(name, folder, target);
  }

  @Override
  public void remove(String name) {
    throw GardenException.failure("base layer cannot have tombstones");
  }

  @Override
  public void removeInherited(String directory) {
    // Nothing is inherited.
  }

  @Override
  public boolean hasDirectory(String name) {
    return directories.has(name);
  }

  @Override
  public void finish() {
    closeCurrent();
    directories.apply(folder);
    try {
      host.layerImport().processBaseImage(layer);
    } catch (HcsException e) {
      throw GardenException.failure("ProcessBaseLayer " + layer + ": " + e.getMessage(), e);
    }
    if (hasUtilityVm) {
      UtilityVm.process(host, folder, layer);
    }
  }

  @Override
  public void close() {
    try {
      closeCurrent(); // fails where a stream broke off
    } finally {
      folder.close();
    }
  }

  private void closeCurrent() {
    LayerFile file = current;
    current = null;
    if (file != null) {
      file.close();
    }
  }
}
