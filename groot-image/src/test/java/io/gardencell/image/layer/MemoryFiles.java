package io.gardencell.image.layer;

import io.gardencell.hcs.Host;
import io.gardencell.hcs.Hosts;
import io.gardencell.hcs.LayerFiles;
import io.gardencell.hcs.LayerFolder;
import io.gardencell.hcs.LayerImport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Folders in memory by their path, on a host whose imports do nothing but be noted. */
final class MemoryFiles implements LayerFiles, LayerImport {

  final List<String> finished = new ArrayList<>();
  private final Map<Path, MemoryFolder> folders = new HashMap<>();

  MemoryFiles with(Path path, MemoryFolder folder) {
    folders.put(path, folder);
    return this;
  }

  Host on(Host host) {
    return Hosts.with(host, "hcs", this, this);
  }

  @Override
  public LayerFolder open(Path directory) {
    return java.util.Objects.requireNonNull(folders.get(directory), directory.toString());
  }

  @Override
  public String nameToGuid(String name) {
    return name;
  }

  /** Makes the directories and files of the transport form, without their content. */
  @Override
  public void importLayer(Path layer, Path importFolder, List<Path> parents) {
    finished.add("import");
    MemoryFolder from = (MemoryFolder) open(importFolder);
    MemoryFolder to = (MemoryFolder) open(layer);
    from.nodes.forEach(
        (name, node) -> {
          if (!name.endsWith(".$wcidirs$")) {
            to.nodes.putIfAbsent(name, new MemoryFolder.Node(node.info));
          }
        });
  }

  @Override
  public void processBaseImage(Path layer) {
    finished.add("base");
  }

  @Override
  public void processUtilityImage(Path utilityVm) {
    finished.add("utility");
  }
}
