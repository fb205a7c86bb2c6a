package io.gardencell.image;

import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.image.trace.Trace;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes layers that nobody uses, and what interrupted runs left; the reference has nothing of the
 * kind. One run, one thread; several may run at once, in any processes.
 */
final class GarbageCollection {

  private static final Logger log = LoggerFactory.getLogger(GarbageCollection.class);

  private final DriverStore store;
  private final LayerStore layers;
  private final VolumeStore volumes;
  private final Pins pins;
  private final KeptImages kept;
  private final LayersInUse inUse;
  private final Set<String> removed = new LinkedHashSet<>();

  GarbageCollection(
      DriverStore store, LayerStore layers, VolumeStore volumes, Pins pins, KeptImages kept) {
    this.store = store;
    this.layers = layers;
    this.volumes = volumes;
    this.pins = pins;
    this.kept = kept;
    this.inUse = new LayersInUse(store, layers, pins, kept);
  }

  /**
   * Removes incomplete layers, and unused ones, the oldest first, until no more than the threshold
   * is left of them; returns the removed ones.
   */
  List<String> run(long thresholdBytes) {
    pins.sweep();
    kept.sweep();
    removeHalfMadeVolumes();
    List<String> unused = unused();
    for (String chainId : unused) {
      if (layers.find(chainId).isEmpty()) {
        removeWithChildren(chainId);
      }
    }
    for (String chainId : unused) {
      if (thresholdBytes > 0 && left(unused) <= thresholdBytes) {
        break;
      }
      removeWithChildren(chainId);
    }
    return List.copyOf(removed);
  }

  private long left(List<String> unused) {
    return unused.stream().mapToLong(id -> layers.find(id).orElse(0)).sum();
  }

  /**
   * What was built on a layer cannot outlive it; it is as unused as the layer. A layer whose child
   * cannot be removed stays, for that may be mounted.
   */
  private boolean removeWithChildren(String chainId) {
    boolean free = true;
    for (String child : layers.children(chainId)) {
      free &= removeWithChildren(child);
    }
    if (free && !removed.contains(chainId) && remove(chainId)) {
      removed.add(chainId);
    }
    return removed.contains(chainId);
  }

  /** Volumes without metadata whose maker is gone: nobody ever learned of them. */
  private void removeHalfMadeVolumes() {
    for (String name : DriverStore.names(store.volumes())) {
      Optional<Handle> handle = Handle.find(name);
      if (handle.isEmpty() || VolumeMetadata.exists(store.volume(name))) {
        continue;
      }
      Optional<StoreLocks.Held> lock = store.tryLockHandle(handle.get());
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
      List<String> unused = new ArrayList<>(DriverStore.names(store.layers()));
      unused.removeAll(inUse.find());
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
    Optional<StoreLocks.Held> lock = store.tryLockLayer(chainId);
    if (lock.isEmpty()) {
      return false; // being made
    }
    try (StoreLocks.Held held = lock.get()) {
      try (StoreLocks.Held whole = store.lockStore()) {
        if (inUse.find().contains(chainId)) {
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
}
