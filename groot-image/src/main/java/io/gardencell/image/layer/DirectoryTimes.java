package io.gardencell.image.layer;

import io.gardencell.hcs.FileBasicInfo;
import io.gardencell.hcs.LayerFile;
import io.gardencell.hcs.LayerFolder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The directories of a layer and the times they are to have in the end: what is put into them
 * changes those. One thread.
 */
final class DirectoryTimes {

  private final Map<String, FileBasicInfo> directories = new LinkedHashMap<>();

  void add(String name, FileBasicInfo info) {
    directories.put(name, info);
  }

  boolean has(String name) {
    return directories.containsKey(name);
  }

  /** Sets the times again, children first, of what is still a directory. */
  void apply(LayerFolder folder) {
    List<Map.Entry<String, FileBasicInfo>> all = new ArrayList<>(directories.entrySet());
    for (int i = all.size() - 1; i >= 0; i--) {
      String name = all.get(i).getKey();
      if (folder.find(name).filter(f -> f.isDirectory() && !f.isReparsePoint()).isPresent()) {
        try (LayerFile file = folder.open(name)) {
          file.setBasicInfo(all.get(i).getValue());
        }
      }
    }
  }
}
