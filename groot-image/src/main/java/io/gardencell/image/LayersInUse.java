package io.gardencell.image;

import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which layers somebody needs: volumes, running pulls, the operator; and what those layers were
 * made on. Whoever asks holds the store's lock.
 *
 * <p>A volume of groot.exe does not say what it was made of. It can only be layers that were there
 * before it and are, with what they were made on, no larger than its image; so it pins those.
 */
final class LayersInUse {

  private static final Logger log = LoggerFactory.getLogger(LayersInUse.class);

  /** How far clocks may have been set back between the making of a layer and of a volume on it. */
  private static final Duration DOUBT = Duration.ofDays(1);

  private final DriverStore store;
  private final LayerStore layers;
  private final Pins pins;
  private final KeptImages kept;

  LayersInUse(DriverStore store, LayerStore layers, Pins pins, KeptImages kept) {
    this.store = store;
    this.layers = layers;
    this.pins = pins;
    this.kept = kept;
  }

  /** Chain ids of all that must stay. */
  Set<String> find() {
    Set<String> used = new HashSet<>();
    addWithParents(kept.chainIds(), used);
    addWithParents(pins.living(), used);
    for (String name : DriverStore.names(store.volumes())) {
      addWithParents(ofVolume(name), used);
    }
    return used;
  }

  private void addWithParents(Collection<String> chainIds, Set<String> used) {
    for (String chainId : chainIds) {
      Optional<String> next = Optional.of(chainId);
      while (next.isPresent() && used.add(next.get())) {
        next = layers.parent(next.get());
      }
    }
  }

  private Collection<String> ofVolume(String name) {
    Path volume = store.volume(name);
    if (!VolumeMetadata.exists(volume)) {
      return isBeingMade(name) ? List.of() : olderThan(volume, volume, Long.MAX_VALUE);
    }
    Path file = VolumeMetadata.file(volume);
    try {
      VolumeMetadata metadata = VolumeMetadata.read(volume);
      List<String> chainIds = metadata.chainIds();
      return chainIds == null ? olderThan(volume, file, metadata.size()) : chainIds;
    } catch (GardenException unreadable) {
      return olderThan(volume, file, Long.MAX_VALUE);
    }
  }

  /** Its maker has pinned its layers. */
  private boolean isBeingMade(String name) {
    Optional<Handle> handle = Handle.find(name);
    Optional<StoreLocks.Held> dead = handle.flatMap(store::tryLockHandle);
    dead.ifPresent(StoreLocks.Held::close);
    return handle.isPresent() && dead.isEmpty();
  }

  /**
   * Layers that a volume may have been made on.
   *
   * @param last what of the volume was written last
   * @param most bytes of its image
   */
  private Set<String> olderThan(Path volume, Path last, long most) {
    Instant made = time(last).orElse(Instant.MAX.minus(DOUBT)).plus(DOUBT);
    Set<String> older = new HashSet<>();
    for (String chainId : DriverStore.names(store.layers())) {
      boolean wasThere =
          layers.timesOf(chainId).stream().flatMap(p -> time(p).stream()).anyMatch(made::isAfter);
      if (wasThere && sizeWithParents(chainId) <= most) {
        older.add(chainId);
      }
    }
    log.atInfo()
        .addKeyValue("bundleID", volume.getFileName())
        .addKeyValue("layers", older.size())
        .log("volume does not name its layers and keeps all that are older");
    return older;
  }

  private long sizeWithParents(String chainId) {
    Set<String> chain = new HashSet<>();
    addWithParents(List.of(chainId), chain);
    return chain.stream().mapToLong(id -> layers.find(id).orElse(0)).sum();
  }

  private static Optional<Instant> time(Path path) {
    try {
      return Optional.of(Files.getLastModifiedTime(path).toInstant());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw DriverStore.failed("reading", path, e);
    }
  }
}
