package io.gardencell.image.layer;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.FileBasicInfo;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.LayerFile;
import io.gardencell.hcs.LayerFolder;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;

/** The {@code UtilityVM} folder of a layer (Source: hcsshim: internal/wclayer/legacy.go). */
final class UtilityVm {

  static final String ROOT = "UtilityVM";
  static final String FILES = "UtilityVM\\Files";

  private static final String BOOT = FILES + "\\EFI\\Microsoft\\Boot\\";

  /** Boot files that ProcessUtilityImage changes, and the names of their untouched copies. */
  static final Map<String, String> MUTATED =
      Map.of(
          BOOT + "BCD", "bcd.bak",
          BOOT + "BCD.LOG", "bcd.log.bak",
          BOOT + "BCD.LOG1", "bcd.log1.bak",
          BOOT + "BCD.LOG2", "bcd.log2.bak");

  private UtilityVm() {}

  /** Whether the name is below the directory. */
  static boolean isBelow(String name, String directory) {
    return name.startsWith(directory + "\\") && name.length() > directory.length() + 1;
  }

  static void process(Host host, LayerFolder folder, Path layer) {
    if (folder.find(ROOT).map(FileBasicInfo::isReparsePoint).orElse(true)) {
      throw GardenException.failure("invalid UtilityVM layer");
    }
    Path path = layer.resolve(ROOT);
    try {
      host.layerImport().processUtilityImage(path);
    } catch (HcsException e) {
      throw GardenException.failure("ProcessUtilityVMImage " + path + ": " + e.getMessage(), e);
    }
  }

  /** Gives a new layer its parent's files: links to plain ones, copies of what may change. */
  static void cloneFrom(LayerFolder parent, LayerFolder into, DirectoryTimes made) {
    if (parent.find(FILES).isEmpty()) {
      return;
    }
    try {
      copy(parent, into, FILES, made);
    } catch (HcsException e) {
      throw GardenException.failure(
          "cloning the parent utility VM image failed: " + e.getMessage(), e);
    }
  }

  private static void copy(LayerFolder parent, LayerFolder into, String name, DirectoryTimes made) {
    FileBasicInfo info = parent.find(name).orElseThrow();
    boolean plain = !info.isDirectory() && !info.isReparsePoint();
    if (plain && !MUTATED.containsKey(name)) {
      into.link(name, parent, name);
      return;
    }
    try (LayerFile from = parent.open(name);
        LayerFile to = into.create(name, info)) {
      to.setBasicInfo(info);
      ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
      while (from.readBackup(buffer) >= 0) {
        to.writeBackup(buffer.flip());
        buffer.clear();
      }
    }
    if (info.isDirectory() && !info.isReparsePoint()) {
      made.add(name, info);
      for (String child : parent.list(name)) {
        copy(parent, into, name + "\\" + child, made);
      }
    }
  }
}
