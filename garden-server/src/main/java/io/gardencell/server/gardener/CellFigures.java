package io.gardencell.server.gardener;

import io.gardencell.api.Capacity;
import io.gardencell.api.ContainerMetricsEntry;
import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.api.Metrics;
import io.gardencell.server.cell.Cell;
import io.gardencell.server.cell.Names;
import io.gardencell.server.depot.SavedContainer.SavedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the cell offers and what its containers use (guardian: gardener/gardener.go, Capacity,
 * BulkMetrics). Any thread; blocks.
 */
final class CellFigures {

  private static final Logger log = LoggerFactory.getLogger(CellFigures.class);

  private final Cell cell;
  private final Containers containers;

  /** Looks at {@code containers} as they are at each call. */
  CellFigures(Cell cell, Containers containers) {
    this.cell = cell;
    this.containers = containers;
  }

  /** What the cell offers. */
  Capacity capacity() {
    long disk;
    try {
      disk = Files.getFileStore(cell.settings().depot()).getTotalSpace();
    } catch (IOException e) {
      throw GardenException.failure("capacity: " + e.getMessage(), e);
    }
    long most = cell.settings().bounds().containers();
    return new Capacity(
        Gardener.physicalMemory(), disk, schedulable().orElse(disk), most > 0 ? most : -1L);
  }

  private OptionalLong schedulable() {
    try {
      return cell.calls()
          .call(
              "capacity",
              cell.settings().deadlines().metrics(),
              attempt -> cell.plugins().image().capacity());
    } catch (GardenException e) {
      log.atWarn().setCause(e).log("image plugin cannot tell its capacity, the disk's is told");
      return OptionalLong.empty();
    }
  }

  /** All samples are begun before the first is waited for; each has its deadline. */
  Map<String, ContainerMetricsEntry> bulkMetrics(List<String> handles) {
    Map<String, Supplier<Metrics>> begun = new LinkedHashMap<>();
    handles.forEach(handle -> begun.computeIfAbsent(handle, this::beginMetrics));
    Map<String, ContainerMetricsEntry> entries = new LinkedHashMap<>();
    begun.forEach(
        (handle, result) -> {
          try {
            entries.put(handle, new ContainerMetricsEntry(result.get(), null));
          } catch (GardenException e) {
            entries.put(handle, ContainerMetricsEntry.failed(e));
          }
        });
    return entries;
  }

  private Supplier<Metrics> beginMetrics(String text) {
    try {
      Handle handle = Handle.known(text);
      Optional<GardenContainer> found = containers.find(handle);
      if (found.isEmpty()) {
        return () -> metrics(handle);
      }
      GardenContainer container = found.get();
      container.live().requireUsable();
      MetricsSampler sampler = container.sampler();
      CompletableFuture<Metrics> sample = sampler.begin();
      return () -> sampler.await(sample, cell.settings().deadlines().metrics());
    } catch (GardenException e) {
      return () -> {
        throw e;
      };
    }
  }

  /** The id of a process with an image of its own is as good as a handle here. */
  Metrics metrics(Handle handle) {
    Optional<SavedProcess> sidecar =
        containers.find(handle).isPresent() ? Optional.empty() : sidecar(handle);
    if (sidecar.isEmpty()) {
      return containers.get(handle).metrics();
    }
    return cell.calls()
        .call(
            "metrics " + handle,
            cell.settings().deadlines().metrics(),
            attempt -> MetricsSampler.ofSidecar(cell, sidecar.get()));
  }

  private Optional<SavedProcess> sidecar(Handle id) {
    return containers.all().stream()
        .flatMap(container -> container.live().saved().processes().stream())
        .filter(p -> p.sidecar() && p.pid() != 0 && Names.key(p.id()).equals(id.key()))
        .findFirst();
  }
}
