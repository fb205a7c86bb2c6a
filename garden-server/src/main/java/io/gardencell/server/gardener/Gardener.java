package io.gardencell.server.gardener;

import io.gardencell.api.Capacity;
import io.gardencell.api.ContainerInfoEntry;
import io.gardencell.api.ContainerMetricsEntry;
import io.gardencell.api.ContainerSpec;
import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.api.Metrics;
import io.gardencell.api.spi.ContainerEvent;
import io.gardencell.server.cell.Bundles;
import io.gardencell.server.cell.Cell;
import io.gardencell.server.cell.CellSettings;
import io.gardencell.server.cell.CellSettings.Bounds;
import io.gardencell.server.cell.HostCalls;
import io.gardencell.server.cell.LiveContainer;
import io.gardencell.server.cell.Names;
import io.gardencell.server.cell.Plugins;
import io.gardencell.server.depot.Depot;
import io.gardencell.server.depot.DepotFiles;
import io.gardencell.server.depot.SavedContainer;
import io.gardencell.server.depot.SavedContainer.Phase;
import io.gardencell.server.log.LogSession;
import io.gardencell.server.route.BackendContainer;
import io.gardencell.server.route.ContainerBackend;
import io.gardencell.server.stream.Streams;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one owner of container state: makes containers of an image, a network and a runtime, and
 * answers for them (guardian: gardener/gardener.go). {@link #start} first, {@link #close} in the
 * end; containers live on. Any thread; calls block.
 */
public final class Gardener implements ContainerBackend, AutoCloseable {

  static final String STATE = "garden.state";
  private static final Logger log = LoggerFactory.getLogger(Gardener.class);

  private final Cell cell;
  private final Containers containers;
  private final CellFigures figures;
  private final Recovery recovery;

  /** Containers' processes are pumped by {@code streams}. */
  public Gardener(CellSettings settings, Plugins plugins, Streams streams, Clock clock) {
    this(settings, plugins, streams, clock, DepotFiles.disk());
  }

  /** The same with another store of the depot's files, for example one that misbehaves. */
  public Gardener(
      CellSettings settings, Plugins plugins, Streams streams, Clock clock, DepotFiles files) {
    cell =
        new Cell(
            settings,
            plugins,
            streams,
            new Depot(settings.depot(), files),
            new Bundles(settings.initBin()),
            new HostCalls(settings.bounds().calls()),
            new Names(),
            clock);
    containers = new Containers(cell.names(), settings.bounds().containers());
    figures = new CellFigures(cell, containers);
    recovery = new Recovery(cell, containers);
  }

  /**
   * Finds out what an earlier daemon left, takes up what runs and removes the rest. What cannot be
   * done now is tried again in the background.
   */
  public void start() throws IOException {
    cell.plugins().runtime().onEvent(this::event);
    recovery.run();
  }

  @Override
  public void ping() {
    if (!Files.isDirectory(cell.settings().depot())) {
      throw new GardenException.Unrecoverable(
          "depot " + cell.settings().depot() + " is not a directory");
    }
  }

  @Override
  public Capacity capacity() {
    return figures.capacity();
  }

  /** Memory of the machine in bytes. */
  public static long physicalMemory() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean machine
        ? machine.getTotalMemorySize()
        : 0;
  }

  @Override
  public Handle create(ContainerSpec spec) {
    if (spec.privileged() && !cell.settings().policy().privilegedAllowed()) {
      throw GardenException.failure("privileged container creation is disabled");
    }
    if (spec.graceTime().isNegative()) {
      throw GardenException.failure("invalid grace time: " + spec.graceTime().toNanos());
    }
    Handle handle = spec.handle().isEmpty() ? Handle.random() : Handle.parse(spec.handle());
    requireBounds(spec);
    GardenContainer reserved = reserve(handle, spec);
    try (LogSession session = LogSession.of("create").with(handle.value())) {
      log.atInfo().log("start");
      cell.calls()
          .call(
              "create " + handle,
              cell.settings().deadlines().create(),
              attempt -> {
                new Creation(cell, reserved.live(), spec)
                    .run(attempt, () -> containers.forget(reserved));
                return true;
              },
              () -> containers.forget(reserved));
      log.atInfo().log("created");
    }
    return handle;
  }

  private void requireBounds(ContainerSpec spec) {
    Bounds bounds = cell.settings().bounds();
    LiveContainer.requireBound(spec.properties(), bounds.propertyChars());
    requireBound("rules", spec.netOut().size(), bounds.rules());
    requireBound("ports", spec.netIn().size(), bounds.rules());
  }

  private static void requireBound(String what, int count, int most) {
    if (count > most) {
      throw GardenException.failure("%s: %d (expected: at most %d)".formatted(what, count, most));
    }
  }

  private GardenContainer reserve(Handle handle, ContainerSpec spec) {
    SavedContainer saved =
        SavedContainer.of(
                handle.value(),
                Phase.CREATING,
                new SavedContainer.Origin(
                    cell.clock().millis(), spec.privileged(), false, spec.limits(), List.of()))
            .withProperties(spec.properties())
            .withNetOut(spec.netOut());
    GardenContainer fresh =
        new GardenContainer(cell, new LiveContainer(handle, cell.depot(), saved));
    containers.admit(fresh);
    return fresh;
  }

  @Override
  public void destroy(Handle handle) {
    GardenContainer container = containers.get(handle);
    try (LogSession session = LogSession.of("destroy").with(handle.value())) {
      log.atInfo().log("start");
      cell.calls()
          .call(
              "destroy " + handle,
              cell.settings().deadlines().destroy(),
              attempt -> {
                container.destruction().run(() -> containers.forget(container));
                return true;
              });
      log.atInfo().log("finished");
    }
  }

  @Override
  public List<String> handles(Map<String, String> propertyFilter) {
    Map<String, String> filter = new LinkedHashMap<>(propertyFilter);
    if ("all".equals(filter.get(STATE))) {
      filter.remove(STATE);
    } else {
      filter.putIfAbsent(STATE, "created");
    }
    List<String> found = new ArrayList<>();
    for (GardenContainer container : containers.all()) {
      SavedContainer saved = container.live().saved();
      boolean matches =
          filter.entrySet().stream()
              .allMatch(f -> saved.properties().getOrDefault(f.getKey(), "").equals(f.getValue()));
      if (matches) {
        found.add(saved.handle());
      }
    }
    return found;
  }

  @Override
  public Map<String, ContainerInfoEntry> bulkInfo(List<String> handles) {
    Map<String, ContainerInfoEntry> entries = new LinkedHashMap<>();
    for (String handle : handles) {
      try {
        entries.put(handle, new ContainerInfoEntry(get(Handle.known(handle)).info(), null));
      } catch (GardenException e) {
        entries.put(handle, ContainerInfoEntry.failed(e));
      }
    }
    return entries;
  }

  /** All samples are begun before the first is waited for; each has its deadline. */
  @Override
  public Map<String, ContainerMetricsEntry> bulkMetrics(List<String> handles) {
    return figures.bulkMetrics(handles);
  }

  /** The id of a process with an image of its own is as good as a handle here. */
  @Override
  public Metrics metrics(Handle handle) {
    return figures.metrics(handle);
  }

  @Override
  public BackendContainer get(Handle handle) {
    GardenContainer container = containers.get(handle);
    container.live().requireThere();
    return container;
  }

  private void event(ContainerEvent event) {
    try {
      Handle.find(event.handle())
          .flatMap(containers::find)
          .ifPresent(container -> container.event(event.text()));
    } catch (GardenException e) {
      log.atWarn().addKeyValue("handle", event.handle()).setCause(e).log("event not stored");
    }
  }

  /** Lets go of all containers; they live on. */
  @Override
  public void close() {
    recovery.close();
    cell.calls().close();
  }
}
