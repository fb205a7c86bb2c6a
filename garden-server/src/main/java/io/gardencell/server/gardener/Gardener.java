package io.gardencell.server.gardener;

import io.gardencell.api.Capacity;
import io.gardencell.api.ContainerInfoEntry;
import io.gardencell.api.ContainerMetricsEntry;
import io.gardencell.api.ContainerSpec;
import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.api.spi.ContainerEvent;
import io.gardencell.server.gardener.SavedContainer.Phase;
import io.gardencell.server.route.BackendContainer;
import io.gardencell.server.route.ContainerBackend;
import io.gardencell.server.stream.Streams;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Function;
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
  private final Object admission = new Object();
  private final ConcurrentNavigableMap<Handle, GardenContainer> containers =
      new ConcurrentSkipListMap<>();

  /** Containers' processes are pumped by {@code streams}. */
  public Gardener(GardenerSettings settings, Plugins plugins, Streams streams, Clock clock) {
    cell =
        new Cell(
            settings,
            plugins,
            streams,
            new StateFiles(settings.depot()),
            new Bundles(settings.initBin()),
            new HostCalls(settings.bounds().calls()),
            clock);
  }

  /** Finds out what an earlier daemon left, takes up what runs and removes the rest. */
  public void start() throws IOException {
    cell.plugins().runtime().onEvent(this::event);
    new Recovery(cell, containers).run();
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
    long disk;
    try {
      disk = Files.getFileStore(cell.settings().depot()).getTotalSpace();
    } catch (IOException e) {
      throw GardenException.failure("capacity: " + e.getMessage(), e);
    }
    long schedulable = cell.plugins().image().capacity().orElse(disk);
    long most = cell.settings().bounds().containers();
    return new Capacity(physicalMemory(), disk, schedulable, most > 0 ? most : -1L);
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
    LiveContainer.requireBound(spec.properties(), cell.settings().bounds().propertyChars());
    if (spec.netOut().size() > cell.settings().bounds().rules()) {
      throw GardenException.failure(
          "rules: %d (expected: at most %d)"
              .formatted(spec.netOut().size(), cell.settings().bounds().rules()));
    }
    GardenContainer reserved = reserve(handle, spec);
    boolean begun = false;
    Duration deadline = cell.settings().deadlines().create();
    boolean[] entered = {false};
    try {
      cell.calls()
          .call(
              "create " + handle,
              deadline,
              attempt -> {
                entered[0] = true;
                new Creation(cell, reserved.live(), spec)
                    .run(attempt, () -> containers.remove(handle, reserved));
                return true;
              });
      begun = true;
    } catch (GardenException.ServiceUnavailable e) {
      if (!entered[0]) {
        containers.remove(handle, reserved);
      }
      throw e;
    } finally {
      log.atInfo().addKeyValue("handle", handle).addKeyValue("made", begun).log("create finished");
    }
    return handle;
  }

  private GardenContainer reserve(Handle handle, ContainerSpec spec) {
    SavedContainer saved =
        new SavedContainer(
            SavedContainer.VERSION,
            handle.value(),
            Phase.CREATING,
            cell.clock().millis(),
            spec.privileged(),
            spec.limits(),
            List.of(),
            spec.properties(),
            spec.netOut(),
            List.of());
    GardenContainer fresh =
        new GardenContainer(cell, new LiveContainer(handle, cell.states(), saved));
    synchronized (admission) {
      if (containers.containsKey(handle)) {
        throw GardenException.failure("Handle '" + handle + "' already in use");
      }
      long most = cell.settings().bounds().containers();
      if (most > 0 && containers.size() >= most) {
        throw GardenException.failure("max containers reached");
      }
      containers.put(handle, fresh);
    }
    return fresh;
  }

  @Override
  public void destroy(Handle handle) {
    GardenContainer container = find(handle);
    cell.calls()
        .call(
            "destroy " + handle,
            cell.settings().deadlines().destroy(),
            attempt -> {
              container.destruction().run(() -> containers.remove(handle, container));
              return true;
            });
    log.atInfo().addKeyValue("handle", handle).log("destroyed");
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
    for (GardenContainer container : containers.values()) {
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

  @Override
  public Map<String, ContainerMetricsEntry> bulkMetrics(List<String> handles) {
    return parallel(
        handles,
        handle -> {
          try {
            return new ContainerMetricsEntry(get(Handle.known(handle)).metrics(), null);
          } catch (GardenException e) {
            return ContainerMetricsEntry.failed(e);
          }
        });
  }

  private <T> Map<String, T> parallel(List<String> handles, Function<String, T> work) {
    int width = Math.max(1, cell.settings().bounds().calls() / 8);
    Map<String, T> entries = new LinkedHashMap<>();
    for (int from = 0; from < handles.size(); from += width) {
      Map<String, Future<T>> round = new LinkedHashMap<>();
      for (String handle : handles.subList(from, Math.min(handles.size(), from + width))) {
        round.computeIfAbsent(
            handle, h -> cell.calls().submit("bulk metrics", () -> work.apply(h)));
      }
      round.forEach((handle, result) -> entries.put(handle, await(result)));
    }
    return entries;
  }

  private static <T> T await(Future<T> result) {
    try {
      return result.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw GardenException.failure("interrupted", e);
    } catch (ExecutionException e) {
      throw HostCalls.failure("bulk", e);
    }
  }

  @Override
  public BackendContainer get(Handle handle) {
    GardenContainer container = find(handle);
    container.live().requireThere();
    return container;
  }

  private GardenContainer find(Handle handle) {
    return Optional.ofNullable(containers.get(handle))
        .orElseThrow(() -> new GardenException.ContainerNotFound(handle.value()));
  }

  private void event(ContainerEvent event) {
    Handle.find(event.handle())
        .map(containers::get)
        .ifPresent(
            container -> {
              var unused =
                  cell.calls()
                      .submit(
                          "event",
                          () -> {
                            store(container, event);
                            return true;
                          });
            });
  }

  private static void store(GardenContainer container, ContainerEvent event) {
    try {
      container.event(event.text());
    } catch (GardenException e) {
      log.atWarn().addKeyValue("handle", event.handle()).setCause(e).log("event not stored");
    }
  }

  /** Lets go of all containers; they live on. */
  @Override
  public void close() {
    cell.calls().close();
  }
}
