package io.gardencell.image;

import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes layers that nobody uses, and what interrupted runs left; the reference has nothing of the
 * kind. A layer is used by the volumes that name it, by running pulls, and when the operator pins
 * it.
 */
final class GarbageCollection {

  private static final Logger log = LoggerFactory.getLogger(GarbageCollection.class);

  private final DriverStore store;
  private final LayerStore layers;
  private final VolumeStore volumes;
  private final Pins pins;
  private final Set<String> pinnedImages;

  GarbageCollection(
      DriverStore store,
      LayerStore layers,
      VolumeStore volumes,
      Pins pins,
      Set<String> pinnedImages) {
    this.store = store;
    this.layers = layers;
    this.volumes = volumes;
    this.pins = pins;
    this.pinnedImages = pinnedImages;
  }

  /** Removes unused layers once they take more than the threshold; returns the removed ones. */
  List<String> run(long thresholdBytes) {
    pins.sweep();
    removeHalfMadeVolumes();
    List<String> unused = unused();
    long left = unused.stream().mapToLong(this::size).sum();
    List<String> removed = new ArrayList<>();
    for (String chainId : unused) {
      if (thresholdBytes > 0 && left <= thresholdBytes) {
        break;
      }
      left -= removeWithChildren(chainId, removed);
    }
    return removed;
  }

  private long size(String chainId) {
    return layers.find(chainId).orElse(0);
  }

  /** What was built on a layer cannot outlive it; it is as unused as the layer. */
  private long removeWithChildren(String chainId, List<String> removed) {
    long bytes = 0;
    for (String child : layers.children(chainId)) {
      bytes += removeWithChildren(child, removed);
    }
    long size = size(chainId);
    if (!removed.contains(chainId) && remove(chainId)) {
      removed.add(chainId);
      bytes += size;
    }
    return bytes;
  }

  /** Volumes without metadata whose maker is gone: nobody ever learned of them. */
  private void removeHalfMadeVolumes() {
    for (String name : DriverStore.names(store.volumes())) {
      Optional<Handle> handle = Handle.find(name);
      if (handle.isEmpty() || VolumeMetadata.exists(store.volume(name))) {
        continue;
      }
      Optional<StoreLocks.Held> lock = store.tryLock("handle-" + handle.get().key());
      if (lock.isEmpty()) {
        continue;
      }
      try (StoreLocks.Held held = lock.get()) {
        if (!VolumeMetadata.exists(store.volume(name))) {
          volumes.delete(name, Trace.of(Trace.FOR_DEBUGGING).session("gc"));
          log.atInfo().addKeyValue("bundleID", name).log("half-made volume removed");
        }
      } catch (GardenException e) {
        log.atWarn().addKeyValue("bundleID", name).setCause(e).log("half-made volume stays");
      }
    }
  }

  /** Layers that nobody uses, the oldest first. */
  private List<String> unused() {
    try (StoreLocks.Held whole = store.lockStore()) {
      Optional<Set<String>> used = used();
      if (used.isEmpty()) {
        log.atInfo().log("a volume does not name its layers, so none is removed");
        return List.of();
      }
      List<String> unused = new ArrayList<>(DriverStore.names(store.layers()));
      unused.removeAll(used.get());
      unused.sort(Comparator.comparing(this::age));
      return unused;
    }
  }

  private long age(String chainId) {
    try {
      return Files.getLastModifiedTime(store.layer(chainId)).toMillis();
    } catch (IOException e) {
      return 0;
    }
  }

  /**
   * Whoever pins a layer does so under the store's lock and then looks whether it is there; so it
   * is enough to take its mark under that lock, and the long removal needs the layer's own lock
   * alone.
   */
  private boolean remove(String chainId) {
    Optional<StoreLocks.Held> lock = store.tryLock("layer-" + chainId);
    if (lock.isEmpty()) {
      return false; // being made
    }
    try (StoreLocks.Held held = lock.get()) {
      try (StoreLocks.Held whole = store.lockStore()) {
        if (used().map(u -> u.contains(chainId)).orElse(true)) {
          return false;
        }
        layers.unmark(chainId);
      }
      layers.destroy(chainId);
      return true;
    } catch (GardenException e) {
      log.atWarn().addKeyValue("layer", chainId).setCause(e).log("unused layer not removed");
      return false;
    }
  }

  /** Layers in use; empty if a volume does not say which it uses. */
  private Optional<Set<String>> used() {
    Set<String> used = new HashSet<>(pinnedImages);
    try {
      used.addAll(pins.living());
    } catch (IOException e) {
      throw DriverStore.failed("reading", store.pins(), e);
    }
    for (String handle : DriverStore.names(store.volumes())) {
      Optional<List<String>> ids = chainIds(handle);
      if (ids.isEmpty()) {
        return Optional.empty();
      }
      used.addAll(ids.get());
    }
    return Optional.of(used);
  }

  private Optional<List<String>> chainIds(String name) {
    Path volume = store.volume(name);
    if (!VolumeMetadata.exists(volume)) {
      Optional<Handle> handle = Handle.find(name);
      Optional<StoreLocks.Held> dead = handle.flatMap(h -> store.tryLock("handle-" + h.key()));
      dead.ifPresent(StoreLocks.Held::close);
      boolean beingMade = handle.isPresent() && dead.isEmpty(); // its maker has pinned its layers
      return beingMade ? Optional.of(List.of()) : Optional.empty();
    }
    try {
      return Optional.ofNullable(VolumeMetadata.read(volume).chainIds());
    } catch (GardenException unreadable) {
      return Optional.empty();
    }
  }
}
