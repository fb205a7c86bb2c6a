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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes a layer with parents in the legacy transport form and imports it (Source: hcsshim:
 * internal/wclayer/legacy.go, importlayer.go).
 */
final class DifferentialLayerWriter implements LayerWriter {

  private record Link(String name, LayerFolder root, String target) {}

  private final Host host;
  private final Path layer;
  private final List<Path> parentPaths;
  private final Path importPath;
  private final LayerFolder transport;
  private final LayerFolder destination;
  private final List<LayerFolder> parents = new ArrayList<>();
  private final Set<String> added = new LinkedHashSet<>();
  private final Map<String, FileBasicInfo> directories = new LinkedHashMap<>();
  private final List<String> placeholders = new ArrayList<>();
  private final List<String> tombstones = new ArrayList<>();
  private final List<Link> links = new ArrayList<>();
  private final Map<String, FileBasicInfo> utilityDirectories = new LinkedHashMap<>();
  private @Nullable LayerFile current;
  private boolean backup;
  private boolean withSecurity;
  private @Nullable String pendingPlaceholder;
  private boolean hasUtilityVm;

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
    this.transport = host.layerFiles().open(importPath);
    this.destination = host.layerFiles().open(layer);
    for (Path parent : parentPaths) {
      parents.add(host.layerFiles().open(parent));
    }
  }

  @Override
  public void add(String name, FileBasicInfo info, boolean reparse) {
    endCurrent();
    if (name.equals(UtilityVm.ROOT)) {
      initUtilityVm();
      return;
    }
    if (below(name, UtilityVm.ROOT)) {
      addUtility(name, info);
    } else if (below(name, "Hives") && !info.isDirectory()) {
      start(transport.create(name, info), true, false);
    } else {
      addTransport(name, info, reparse);
    }
    added.add(name);
  }

  private void addTransport(String name, FileBasicInfo info, boolean reparse) {
    String file = name;
    if (info.isDirectory()) {
      transport.create(name, plain(info, FileBasicInfo.DIRECTORY)).close();
      file = name + ".$wcidirs$";
      if (reparse) {
        pendingPlaceholder = name;
      } else {
        directories.put(name, info);
      }
    }
    LayerFile out = transport.create(file, plain(info, 0));
    start(out, false, true);
    out.setBasicInfo(plain(info, 0));
    out.write(BackupStream.little(4).putInt(info.attributes()).flip());
  }

  private void addUtility(String name, FileBasicInfo info) {
    if (!hasUtilityVm) {
      throw GardenException.failure("missing UtilityVM directory");
    }
    if (!name.equals(UtilityVm.FILES) && !below(name, UtilityVm.FILES)) {
      throw GardenException.failure("invalid UtilityVM layer");
    }
    FileBasicInfo old = destination.find(name).orElse(null);
    int kind = FileBasicInfo.DIRECTORY | FileBasicInfo.REPARSE_POINT;
    boolean keep =
        old != null
            && info.isDirectory()
            && (old.attributes() & kind) == (info.attributes() & kind);
    if (old != null && !keep) {
      destination.remove(name);
    }
    LayerFile file = keep ? destination.open(name) : destination.create(name, info);
    start(file, true, true);
    file.setBasicInfo(info);
    if (info.isDirectory() && !info.isReparsePoint()) {
      utilityDirectories.put(name, info);
    }
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
    boolean utility = below(target, UtilityVm.FILES);
    if (!(below(name, "Files") || below(name, UtilityVm.FILES))
        || !(below(target, "Files") || utility)) {
      throw GardenException.failure("invalid hard link in layer");
    }
    links.add(new Link(name, linkRoot(name, target, utility), target));
    added.add(name);
  }

  private LayerFolder linkRoot(String name, String target, boolean utility) {
    if (added.contains(target)) {
      return destination;
    }
    for (LayerFolder root : utility ? List.of(destination) : parents) {
      if (root.find(target).isPresent()) {
        return root;
      }
    }
    throw GardenException.failure(
        "failed to find link target for '" + name + "' -> '" + target + "'");
  }

  @Override
  public void remove(String name) {
    endCurrent();
    if (below(name, "Files")) {
      tombstones.add(name);
    } else if (below(name, UtilityVm.FILES)) {
      initUtilityVm();
      if (destination.find(name).isEmpty()) {
        throw GardenException.failure("invalid tombstone " + name);
      }
      destination.remove(name);
    } else {
      throw GardenException.failure("invalid tombstone " + name);
    }
  }

  @Override
  public void removeInherited(String directory) {
    endCurrent();
    for (LayerFolder parent : parents) {
      if (parent.find(directory).filter(i -> i.isDirectory() && !i.isReparsePoint()).isPresent()) {
        parent.list(directory).forEach(child -> tombstones.add(directory + "\\" + child));
      }
    }
  }

  @Override
  public boolean hasDirectory(String name) {
    return directories.containsKey(name);
  }

  @Override
  public void finish() {
    endCurrent();
    placeholders.forEach(
        n -> transport.create(n, new FileBasicInfo(0, 0, 0, 0, FileBasicInfo.DIRECTORY)).close());
    reapply(utilityDirectories);
    importLayer();
    for (String name : tombstones) {
      if (!added.contains(name) && destination.find(name).isPresent()) {
        destination.remove(name);
      }
    }
    for (Link link : links) {
      if (destination.find(link.name()).isPresent()) {
        destination.remove(link.name());
      }
      destination.link(link.name(), link.root(), link.target());
    }
    reapply(directories);
    if (hasUtilityVm) {
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

  /** Sets the times of directories again, children first: what was put into them changed them. */
  private void reapply(Map<String, FileBasicInfo> infos) {
    List<Map.Entry<String, FileBasicInfo>> all = new ArrayList<>(infos.entrySet());
    for (int i = all.size() - 1; i >= 0; i--) {
      String name = all.get(i).getKey();
      if (destination.find(name).filter(f -> f.isDirectory() && !f.isReparsePoint()).isPresent()) {
        try (LayerFile file = destination.open(name)) {
          file.setBasicInfo(all.get(i).getValue());
        }
      }
    }
  }

  @Override
  public void close() {
    LayerFile file = current;
    current = null;
    if (file != null) {
      file.close();
    }
    transport.close();
    destination.close();
    parents.forEach(LayerFolder::close);
  }

  private void endCurrent() {
    LayerFile file = current;
    current = null;
    if (file != null) {
      file.close();
    }
    String placeholder = pendingPlaceholder;
    pendingPlaceholder = null;
    if (placeholder != null) {
      // Later entries must not be able to pass through it; finish makes it again.
      transport.remove(placeholder);
      placeholders.add(placeholder);
    }
  }

  private void initUtilityVm() {
    if (hasUtilityVm) {
      return;
    }
    destination
        .create(UtilityVm.ROOT, new FileBasicInfo(0, 0, 0, 0, FileBasicInfo.DIRECTORY))
        .close();
    hasUtilityVm = true;
    UtilityVm.cloneFrom(parents.get(0), destination, utilityDirectories);
  }

  private static FileBasicInfo plain(FileBasicInfo i, int attributes) {
    return new FileBasicInfo(
        i.creationTime(), i.lastAccessTime(), i.lastWriteTime(), i.changeTime(), attributes);
  }

  private static boolean below(String name, String prefix) {
    return name.startsWith(prefix + "\\") && name.length() > prefix.length() + 1;
  }
}
