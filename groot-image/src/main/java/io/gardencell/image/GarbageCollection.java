package io.gardencell.image;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes layers that nobody uses; the reference has nothing of the kind. */
final class GarbageCollection {

  private static final Logger log = LoggerFactory.getLogger(GarbageCollection.class);

  private final DriverStore store;
  private final LayerStore layers;
  private final Pins pins;
  private final Set<String> pinnedImages;

  GarbageCollection(DriverStore store, LayerStore layers, Pins pins, Set<String> pinnedImages) {
    this.store = store;
    this.layers = layers;
    this.pins = pins;
    this.pinnedImages = pinnedImages;
  }

  /** Removes unused layers once they take more than the threshold; returns the removed ones. */
  List<String> run(long thresholdBytes) {
    try (StoreLock whole = store.lockStore()) {
      Optional<Set<String>> used = used();
      if (used.isEmpty()) {
        log.atInfo().log("a volume does not name its layers, none is removed");
        return List.of();
      }
      List<String> unused = new ArrayList<>(DriverStore.names(store.layers()));
      unused.removeAll(used.get());
      long total = unused.stream().mapToLong(id -> layers.find(id).orElse(0)).sum();
      if (total <= thresholdBytes) {
        return List.of();
      }
      return remove(unused);
    } catch (IOException e) {
      throw GardenException.failure("collecting garbage: " + e.getMessage(), e);
    }
  }

  private List<String> remove(List<String> unused) {
    List<String> removed = new ArrayList<>();
    for (String chainId : unused) {
      try (StoreLock lock = store.lockLayer(chainId)) {
        layers.destroy(chainId);
        removed.add(chainId);
      } catch (GardenException | HcsException | UncheckedIOException e) {
        log.atWarn().addKeyValue("layer", chainId).setCause(e).log("unused layer not removed");
      }
    }
    return removed;
  }

  /** Layers in use; empty if a volume does not say which it uses. */
  private Optional<Set<String>> used() throws IOException {
    Set<String> used = new HashSet<>(pinnedImages);
    used.addAll(pins.living());
    for (String handle : DriverStore.names(store.volumes())) {
      Optional<List<String>> ids = chainIds(store.volume(handle));
      if (ids.isEmpty()) {
        return Optional.empty();
      }
      used.addAll(ids.get());
    }
    return Optional.of(used);
  }

  private static Optional<List<String>> chainIds(Path volume) throws IOException {
    try (Stream<Path> inside = Files.list(volume)) {
      if (inside.findAny().isEmpty()) {
        return Optional.of(List.of());
      }
    }
    try {
      return Optional.ofNullable(VolumeMetadata.read(volume).chainIds());
    } catch (GardenException e) {
      return Optional.empty();
    }
  }
}
