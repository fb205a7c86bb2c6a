package io.gardencell.image.layer;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.FileBasicInfo;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.LayerFile;
import io.gardencell.hcs.LayerFolder;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a layer with parents in the legacy transport form and imports it (Source: hcsshim:
 * internal/wclayer/legacy.go, importlayer.go).
 */
final class DifferentialLayerWriter implements LayerWriter {

  private static final String SIDECAR = ".$wcidirs$";

  private final Host host;
  private final Path layer;
  private final List<Path> parentPaths;
  private final Path importPath;
  private final List<LayerFolder> opened = new ArrayList<>();
  private final LayerFolder transport;
  private final LayerFolder destination;
  private final DirectoryTimes directories = new DirectoryTimes();
  private final List<String> placeholders = new ArrayList<>();
  private final UtilityVmWriter utility;
  private final AfterImport afterImport;
  private @Nullable LayerFile current;
  private boolean backup;
  private boolean withSecurity;
  private @Nullable String pendingPlaceholder;

  /**
   * Opens the writer.
   *
   * @param parentPaths newest first
   * @param importPath an empty directory, the caller's to remove
   */
  DifferentialLayerWriter(Host host, Path layer, List<Path> parentPaths, Path importPath) {
    this.host = host;
    this.layer = layer;
    this.parentPaths = List.copyOf(parentPaths);
    this.importPath = importPath;
    List<LayerFolder> parents = new ArrayList<>();
    try {
      this.transport = open(importPath);
      this.destination = open(layer);
      for (Path parent : parentPaths) {
        parents.add(open(parent));
      }
    } catch (HcsException e) {
      opened.forEach(LayerFolder::close);
      throw e;
    }
    this.utility = new UtilityVmWriter(destination, parents.get(0));
    this.afterImport = new AfterImport(transport, destination, parents);
  }

  private LayerFolder open(Path directory) {
    LayerFolder folder = host.layerFiles().open(directory);
    opened.add(folder);
    return folder;
  }

  @Override
  public void add(String name, FileBasicInfo info, boolean reparse) {
    endCurrent();
    if (name.equals(UtilityVm.ROOT)) {
      utility.begin();
    } else if (UtilityVm.isBelow(name, UtilityVm.ROOT)) {
      LayerFile file = utility.add(name, info);
      start(file, true, true);
      file.setBasicInfo(info);
    } else if (UtilityVm.isBelow(name, "Hives") && !info.isDirectory()) {
      start(transport.create(name, info), true, false);
    } else {
      addTransport(name, info, reparse);
    }
  }

  private void addTransport(String name, FileBasicInfo info, boolean reparse) {
    String file = name;
    if (info.isDirectory()) {
      transport.create(name, plain(info, FileBasicInfo.DIRECTORY)).close();
      file = name + SIDECAR;
      if (reparse) {
        pendingPlaceholder = name;
      } else {
        directories.add(name, info);
      }
    }
    LayerFile out = transport.create(file, plain(info, 0));
    start(out, false, true);
    out.setBasicInfo(plain(info, 0));
    out.write(BackupStream.little(4).putInt(info.attributes()).flip());
  }

  private void start(LayerFile file, boolean asBackup, boolean security) {
    current = file;
    backup = asBackup;
    withSecurity = security;
  }

  @Override
  public void security(ByteBuffer bytes) {
    if (withSecurity) {
      stream(bytes);
    }
  }

  @Override
  public void stream(ByteBuffer bytes) {
    LayerFile file = current;
    if (file == null) {
      return; // the UtilityVM directory itself keeps no stream
    }
    if (backup) {
      file.writeBackup(bytes);
    } else {
      file.write(bytes);
    }
  }

  @Override
  public void link(String name, String target) {
    endCurrent();
    afterImport.link(name, target);
  }

  @Override
  public void remove(String name) {
    endCurrent();
    if (UtilityVm.isBelow(name, "Files")) {
      afterImport.remove(name);
    } else if (UtilityVm.isBelow(name, UtilityVm.FILES)) {
      utility.remove(name);
    } else {
      throw GardenException.failure("invalid tombstone " + name);
    }
  }

  @Override
  public void removeInherited(String directory) {
    endCurrent();
    afterImport.removeInherited(directory);
  }

  @Override
  public boolean hasDirectory(String name) {
    return directories.has(name);
  }

  @Override
  public void finish() {
    endCurrent();
    placeholders.forEach(
        n -> transport.create(n, new FileBasicInfo(0, 0, 0, 0, FileBasicInfo.DIRECTORY)).close());
    utility.finish();
    importLayer();
    afterImport.apply();
    directories.apply(destination);
    if (utility.isBegun()) {
      UtilityVm.process(host, destination, layer);
    }
  }

  private void importLayer() {
    try {
      host.layerImport().importLayer(layer, importPath, parentPaths);
    } catch (HcsException e) {
      throw GardenException.failure(
          "hcsshim::ImportLayer - failed failed in Win32: %s (0x%x)"
              .formatted(e.getMessage(), e.code()),
          e);
    }
  }

  @Override
  public void close() {
    try {
      closeCurrent(); // fails where a stream broke off
    } finally {
      opened.forEach(LayerFolder::close);
    }
  }

  private void closeCurrent() {
    LayerFile file = current;
    current = null;
    if (file != null) {
      file.close();
    }
  }

  private void endCurrent() {
    closeCurrent();
    String placeholder = pendingPlaceholder;
    pendingPlaceholder = null;
    if (placeholder != null) {
      // Later entries must not be able to pass through it; finish makes it again.
      transport.remove(placeholder);
      placeholders.add(placeholder);
    }
  }

  private static FileBasicInfo plain(FileBasicInfo i, int attributes) {
    return new FileBasicInfo(
        i.creationTime(), i.lastAccessTime(), i.lastWriteTime(), i.changeTime(), attributes);
  }
}
