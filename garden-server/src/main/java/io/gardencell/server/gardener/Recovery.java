package io.gardencell.server.gardener;

import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.api.spi.ContainerState;
import io.gardencell.server.gardener.SavedContainer.Phase;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The start: compares the state files with what the plugins know, takes up what runs, finishes what
 * was half done and removes what is ours and belongs to nothing. Failures of single containers
 * leave them stuck and never stop the start. One thread, once.
 */
final class Recovery {

  private static final Logger log = LoggerFactory.getLogger(Recovery.class);

  private final Cell cell;
  private final ConcurrentMap<Handle, GardenContainer> containers;

  Recovery(Cell cell, ConcurrentMap<Handle, GardenContainer> containers) {
    this.cell = cell;
    this.containers = containers;
  }

  void run() throws IOException {
    for (SavedContainer saved : cell.states().load()) {
      Handle handle = Handle.parse(saved.handle());
      containers.put(
          handle, new GardenContainer(cell, new LiveContainer(handle, cell.states(), saved)));
    }
    Map<String, ContainerState> running =
        call("list containers", () -> cell.plugins().runtime().containers()).stream()
            .collect(Collectors.toMap(s -> key(s.handle()), s -> s, (a, b) -> a));
    for (GardenContainer container : List.copyOf(containers.values())) {
      recover(container, running.get(key(container.live().handle().value())));
    }
    removeOrphans(running);
  }

  private void recover(
      GardenContainer container, @org.jspecify.annotations.Nullable ContainerState state) {
    LiveContainer live = container.live();
    boolean whole =
        live.saved().phase() == Phase.CREATED && !cell.settings().policy().destroyOnStart();
    attempt(
        (whole ? "recover " : "destroy ") + live.handle(),
        () -> {
          if (whole) {
            if (state != null) {
              live.runtime(state);
            }
            container.processes().adopt();
          } else {
            container.destruction().steps(() -> containers.remove(live.handle(), container));
          }
        });
  }

  private void removeOrphans(Map<String, ContainerState> running) {
    Set<String> known = new HashSet<>();
    Set<String> live = new HashSet<>();
    for (GardenContainer container : containers.values()) {
      SavedContainer saved = container.live().saved();
      live.add(saved.handle());
      known.add(key(saved.handle()));
      saved.processes().stream().filter(p -> p.sidecar()).forEach(p -> known.add(key(p.id())));
    }
    for (ContainerState state : running.values()) {
      if (!known.contains(key(state.handle()))) {
        attempt(
            "remove orphan " + state.handle(),
            () -> cell.plugins().runtime().delete(state.handle()));
      }
    }
    attempt("reconcile networks", () -> cell.plugins().network().reconcile(live));
    attempt(
        "remove orphaned volumes",
        () -> {
          List<String> failures = new ArrayList<>();
          for (String handle : cell.plugins().image().handles()) {
            if (!known.contains(key(handle))) {
              Undo.attempt(() -> cell.plugins().image().delete(handle), failures);
            }
          }
          if (!failures.isEmpty()) {
            throw GardenException.failure(Undo.text(failures));
          }
        });
  }

  private void attempt(String name, Runnable work) {
    try {
      call(
          name,
          () -> {
            work.run();
            return true;
          });
      log.atInfo().addKeyValue("step", name).log("start step finished");
    } catch (GardenException e) {
      log.atError().addKeyValue("step", name).setCause(e).log("start step failed");
    }
  }

  private <T> T call(String name, java.util.function.Supplier<T> work) {
    Duration deadline = cell.settings().deadlines().destroy();
    return cell.calls().call(name, deadline, attempt -> work.get());
  }

  private static String key(String handle) {
    return handle.toLowerCase(Locale.ROOT);
  }
}
