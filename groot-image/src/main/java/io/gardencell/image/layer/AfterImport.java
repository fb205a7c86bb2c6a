package io.gardencell.image.layer;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.LayerFolder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the transport form cannot say, and is therefore done to the imported layer: tombstones, then
 * hard links (Source: hcsshim: internal/wclayer/legacy.go). One thread.
 */
final class AfterImport {

  private record Link(LayerFolder root, String target) {}

  private final LayerFolder transport;
  private final LayerFolder destination;
  private final List<LayerFolder> parents;
  private final List<String> tombstones = new ArrayList<>();
  private final Map<String, Link> links = new LinkedHashMap<>();

  /**
   * For one layer.
   *
   * @param parents newest first
   */
  AfterImport(LayerFolder transport, LayerFolder destination, List<LayerFolder> parents) {
    this.transport = transport;
    this.destination = destination;
    this.parents = parents;
  }

  void link(String name, String target) {
    if (!canLink(name) || !canLink(target)) {
      throw GardenException.failure("invalid hard link in layer");
    }
    links.put(name, new Link(root(name, target), target));
  }

  private static boolean canLink(String name) {
    return UtilityVm.isBelow(name, "Files") || UtilityVm.isBelow(name, UtilityVm.FILES);
  }

  /** Where the target will be found: in this layer, or in the nearest parent that has it. */
  private LayerFolder root(String name, String target) {
    boolean utility = UtilityVm.isBelow(target, UtilityVm.FILES);
    if (isAdded(target) || (utility && destination.find(target).isPresent())) {
      return destination;
    }
    for (LayerFolder parent : utility ? List.<LayerFolder>of() : parents) {
      if (parent.find(target).isPresent()) {
        return parent;
      }
    }
    throw GardenException.failure(
        "failed to find link target for '" + name + "' -> '" + target + "'");
  }

  private boolean isAdded(String name) {
    return links.containsKey(name) || transport.find(name).isPresent();
  }

  void remove(String name) {
    tombstones.add(name);
  }

  /** Hides what the parents have in a directory and this layer has not. */
  void removeInherited(String directory) {
    for (LayerFolder parent : parents) {
      if (parent.find(directory).filter(i -> i.isDirectory() && !i.isReparsePoint()).isPresent()) {
        parent.list(directory).forEach(child -> tombstones.add(directory + "\\" + child));
      }
    }
  }

  /** Changes the imported layer. */
  void apply() {
    tombstones.forEach(name -> naming(name, () -> bury(name)));
    links.forEach((name, link) -> naming(name, () -> make(name, link)));
  }

  private void bury(String name) {
    if (!isAdded(name) && destination.find(name).isPresent()) {
      destination.remove(name);
    }
  }

  private void make(String name, Link link) {
    if (destination.find(name).isPresent()) {
      destination.remove(name);
    }
    destination.link(name, link.root(), link.target());
  }

  private static void naming(String name, Runnable change) {
    try {
      change.run();
    } catch (HcsException e) {
      throw GardenException.failure(
          "writing %s: %s (0x%x)".formatted(name, e.getMessage(), e.code()), e);
    }
  }
}
