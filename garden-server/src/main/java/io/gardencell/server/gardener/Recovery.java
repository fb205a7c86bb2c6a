package io.gardencell.server.gardener;

import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.api.spi.ContainerState;
import io.gardencell.server.cell.Cell;
import io.gardencell.server.cell.Failures;
import io.gardencell.server.cell.LiveContainer;
import io.gardencell.server.cell.Names;
import io.gardencell.server.depot.Depot;
import io.gardencell.server.depot.SavedContainer;
import io.gardencell.server.depot.SavedContainer.Origin;
import io.gardencell.server.depot.SavedContainer.Phase;
import io.gardencell.server.depot.SavedContainer.SavedProcess;
import io.gardencell.server.gardener.StartJobs.Job;
import io.gardencell.server.log.LogSession;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The start: compares the state files with what the plugins know, takes up what runs, finishes what
 * was half done and removes what is ours and belongs to nothing. An app that runs is never the
 * price: what cannot be told is left alone. Failures of single containers never stop the start;
 * they are tried again while requests are served, each under the exclusion that its container or
 * its name gives it. One thread, once.
 */
final class Recovery implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Recovery.class);

  private final Cell cell;
  private final Containers containers;
  private final Rebuilding rebuilding;
  private final StartJobs jobs;
  private final LogSession.Mark start = LogSession.toCome("start");

  Recovery(Cell cell, Containers containers) {
    this.cell = cell;
    this.containers = containers;
    rebuilding = new Rebuilding(cell);
    jobs =
        new StartJobs(
            cell.settings().deadlines().destroy(), cell.settings().deadlines().retryPause());
  }

  void run() throws IOException {
    try (LogSession session = start.resume()) {
      log.atInfo().log("starting");
      recover();
      log.atInfo().log("completed");
    }
  }

  private void recover() throws IOException {
    List<Depot.Found> found = cell.depot().load();
    Map<String, ContainerState> running = running();
    List<Job> ofContainers = new ArrayList<>();
    for (Depot.Found one : found) {
      recover(one, running.get(Names.key(one.handle())), ofContainers);
    }
    List<Job> ofOrphans = new ArrayList<>();
    running.values().stream().filter(this::isOrphan).forEach(s -> ofOrphans.add(removal(s)));
    ofOrphans.add(new Job("reconcile networks", this::reconcile, () -> {}));
    ofOrphans.add(new Job("remove orphaned volumes", this::removeVolumes, () -> {}));
    jobs.run(List.of(ofContainers, ofOrphans));
  }

  private Map<String, ContainerState> running() {
    Duration deadline = cell.settings().deadlines().destroy();
    return cell
        .calls()
        .call("list containers", deadline, attempt -> cell.plugins().runtime().containers())
        .stream()
        .collect(Collectors.toMap(s -> Names.key(s.handle()), s -> s, (a, b) -> a));
  }

  private void recover(
      Depot.Found found, @Nullable ContainerState state, List<Job> jobsOfContainers) {
    boolean runs = state != null && state.status() == ContainerState.Status.RUNNING;
    boolean rebuilt = found.saved() == null && runs;
    SavedContainer saved = found.saved();
    if (saved == null) {
      saved = rebuilt ? rebuilding.rebuild(found.handle()) : unknown(found.handle());
    }
    boolean whole = saved.phase() == Phase.CREATED && !cell.settings().policy().destroyOnStart();
    GardenContainer container = add(whole ? saved : saved.withPhase(Phase.STUCK));
    if (whole) {
      if (rebuilt) {
        store(container.live());
      }
      container.live().awaitTakeUp();
      jobsOfContainers.add(takeUp(container, state));
    } else if (found.corrupt() && !cell.settings().policy().destroyOnStart()) {
      log.atError()
          .addKeyValue("handle", found.handle())
          .log("container without a readable state does not run: stuck until it is destroyed");
    } else {
      jobsOfContainers.add(destruction(container));
    }
  }

  private SavedContainer unknown(String handle) {
    return SavedContainer.of(handle, Phase.STUCK, Origin.unknown(cell.clock().millis()));
  }

  private static void store(LiveContainer rebuilt) {
    try {
      rebuilt.begin();
    } catch (GardenException e) {
      log.atError().addKeyValue("handle", rebuilt.handle()).setCause(e).log("state not stored");
    }
  }

  private GardenContainer add(SavedContainer saved) {
    Handle handle = Handle.parse(saved.handle());
    GardenContainer container =
        new GardenContainer(cell, new LiveContainer(handle, cell.depot(), saved));
    containers.takeOver(container);
    container.processes().claimSidecars();
    return container;
  }

  private static Job takeUp(GardenContainer container, @Nullable ContainerState state) {
    LiveContainer live = container.live();
    return new Job(
        "take up " + live.handle(),
        () -> {
          if (!live.beginTakeUp()) {
            return;
          }
          Failures failures = new Failures();
          try {
            if (state != null) {
              live.runtime(state);
            }
            for (SavedProcess process : live.saved().processes()) {
              failures.attempt(() -> container.processes().adopt(process));
            }
            failures.attempt(container.processes()::endUnrecorded);
          } finally {
            live.endTakeUp(failures.isEmpty());
          }
          failures.orThrow();
        },
        () -> live.endTakeUp(true));
  }

  private Job destruction(GardenContainer container) {
    Handle handle = container.live().handle();
    return new Job(
        "destroy " + handle,
        () -> {
          try (LogSession session = cleanUp(handle.value())) {
            container.destruction().run(() -> containers.forget(container));
            log.atInfo().log("cleaned-up");
          } catch (GardenException.ContainerNotFound gone) {
            log.atDebug().addKeyValue("handle", handle).log("destroyed by a client meanwhile");
          }
        },
        () -> {});
  }

  /** Log lines under the reference's name for what a start removes. */
  private LogSession cleanUp(String handle) {
    LogSession session = start.within("clean-up-container").with(handle);
    log.atInfo().log("start");
    return session;
  }

  /** Whether nobody knows the system; a sidecar's bundle lies in that of its container. */
  private boolean isOrphan(ContainerState state) {
    if (cell.names().isTaken(state.handle())) {
      return false;
    }
    Path depot = cell.settings().depot().toAbsolutePath();
    Path bundle = state.bundle().toAbsolutePath();
    if (!bundle.startsWith(depot) || bundle.getNameCount() < depot.getNameCount() + 3) {
      return true;
    }
    String sandbox = bundle.getName(depot.getNameCount()).toString();
    return Handle.find(sandbox).flatMap(containers::find).isEmpty();
  }

  /** The name stays taken until the orphan is gone, so that nobody makes a container of it. */
  private Job removal(ContainerState state) {
    String handle = state.handle();
    cell.names().take(handle);
    return new Job(
        "remove orphan " + handle,
        () -> {
          try (LogSession session = cleanUp(handle)) {
            cell.plugins().runtime().delete(handle);
            cell.plugins().image().delete(handle);
            cell.names().giveBack(handle);
            log.atInfo().log("cleaned-up");
          }
        },
        () -> {});
  }

  private void reconcile() {
    cell.plugins().network().reconcile(containers.handles());
  }

  private void removeVolumes() {
    Failures failures = new Failures();
    for (String handle : cell.plugins().image().handles()) {
      if (cell.names().take(handle)) {
        failures.attempt(() -> cell.plugins().image().delete(handle));
        cell.names().giveBack(handle);
      }
    }
    failures.orThrow();
  }

  /** Gives up what is still being tried. */
  @Override
  public void close() {
    jobs.close();
  }
}
