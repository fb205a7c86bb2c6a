package io.gardencell.server.gardener;

import io.gardencell.api.GardenException;
import io.gardencell.api.ProcessId;
import io.gardencell.api.ProcessSpec;
import io.gardencell.api.oci.OciProcess;
import io.gardencell.api.spi.ContainerProcess;
import io.gardencell.api.spi.ContainerState;
import io.gardencell.server.files.ContainerPath;
import io.gardencell.server.files.ContainerRoot;
import io.gardencell.server.gardener.HostCalls.Attempt;
import io.gardencell.server.gardener.SavedContainer.SavedProcess;
import io.gardencell.server.stream.RunningProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The processes of one container (guardian: rundmc/execrunner). Any thread; blocks. */
final class ContainerProcesses {

  private static final Logger log = LoggerFactory.getLogger(ContainerProcesses.class);
  private static final String DEFAULT_USER = "ContainerAdministrator";

  private final Cell cell;
  private final LiveContainer container;
  private final ProcessFiles files;
  private final Sidecars sidecars;
  private final ProcessTable table;

  ContainerProcesses(Cell cell, LiveContainer container) {
    this.cell = cell;
    this.container = container;
    files = new ProcessFiles(cell.states().bundle(container.handle().value()));
    sidecars = new Sidecars(cell, container.handle().value(), files);
    table = new ProcessTable(cell.settings().bounds().processes());
  }

  RunningProcess run(ProcessSpec spec, Attempt attempt) {
    boolean sidecar = !spec.image().isEmpty();
    if (!sidecar && spec.bindMounts() != null) {
      throw GardenException.failure(
          "Running a process with bind mounts and no image provided is not allowed");
    }
    ProcessId id = spec.id().isEmpty() ? ProcessId.random() : new ProcessId(spec.id());
    ProcessTable.Slot slot = table.take(id, cell.settings().deadlines().run());
    boolean done = false;
    boolean claimed = false;
    try {
      if (sidecar) {
        Sidecars.user(spec.user());
        sidecars.begin(id.value());
        claimed = true;
        // Known before anything is made, so that a start after a crash finds it.
        remember(new SavedProcess(id.value(), 0, true, cell.clock().millis()));
      }
      ContainerProcess process = sidecar ? sidecars.start(id.value(), spec) : start(id, spec);
      boolean followed = false;
      try {
        remember(new SavedProcess(id.value(), process.pid(), sidecar, cell.clock().millis()));
        files.writePid(id.value(), process.pid());
        attempt.commit();
        followed = true;
      } finally {
        if (!followed) {
          end(id, process);
        }
      }
      done = true;
      return follow(slot, process, sidecar);
    } finally {
      sidecars.end(id.value());
      if (!done) {
        cleanUp(slot, claimed);
      }
    }
  }

  private ContainerProcess start(ProcessId id, ProcessSpec spec) {
    String user = spec.user().isEmpty() ? DEFAULT_USER : spec.user();
    String directory = spec.dir().isEmpty() ? "C:\\Users\\" + user : spec.dir();
    try {
      new ContainerRoot(root()).makeDirectory(ContainerPath.ofDirectory(directory));
    } catch (IOException e) {
      throw GardenException.failure("working directory " + directory + ": " + reason(e), e);
    }
    List<String> env = new ArrayList<>(container.saved().origin().env());
    env.addAll(spec.env());
    OciProcess process = Bundles.process(spec, env, directory, spec.user());
    files.writeSpec(id.value(), process);
    return cell.plugins().runtime().run(container.handle().value(), process);
  }

  private void end(ProcessId id, ContainerProcess process) {
    List<String> failures = new ArrayList<>();
    Undo.attempt(process::kill, failures);
    Undo.attempt(process::close, failures);
    if (!failures.isEmpty()) {
      log.atError()
          .addKeyValue("handle", container.handle())
          .addKeyValue("process", id)
          .addKeyValue("failures", failures)
          .log("process that is not wanted may live until its container ends");
    }
  }

  private void remember(SavedProcess process) {
    container.update(saved -> saved.withProcesses(ProcessTable.with(saved.processes(), process)));
  }

  private void forget(ProcessId id) {
    container.update(
        saved -> saved.withProcesses(ProcessTable.without(saved.processes(), id.value())));
  }

  private RunningProcess follow(ProcessTable.Slot slot, ContainerProcess process, boolean sidecar) {
    RunningProcess running =
        cell.streams().start(container.handle().value(), slot.id().value(), process);
    slot.started(running);
    var unused =
        running
            .exited()
            .whenComplete(
                (code, failure) ->
                    later(
                        slot,
                        failure == null
                            ? () -> cleanUp(slot, sidecar)
                            : () -> lost(slot, process.pid(), sidecar)));
    return running;
  }

  private void later(ProcessTable.Slot slot, Runnable chore) {
    try {
      cell.calls().chores().execute(chore);
    } catch (RejectedExecutionException e) {
      log.atWarn()
          .addKeyValue("handle", container.handle())
          .addKeyValue("process", slot.id())
          .log("ended process not cleaned up, the next start will");
    }
  }

  /**
   * The host cannot tell how it ended, or whether: it is looked for again before it is given up.
   */
  private void lost(ProcessTable.Slot slot, long pid, boolean sidecar) {
    try {
      if (!container.isUsable() || !slot.mayBeFoundAgain()) {
        return;
      }
      Optional<ContainerProcess> again = find(slot.id(), pid, sidecar);
      if (again.isPresent()) {
        follow(slot, again.get(), sidecar);
      } else {
        cleanUp(slot, sidecar);
      }
    } catch (GardenException e) {
      log.atWarn()
          .addKeyValue("handle", container.handle())
          .addKeyValue("process", slot.id())
          .setCause(e)
          .log("cannot tell whether a process runs, its id stays taken");
    }
  }

  private Optional<ContainerProcess> find(ProcessId id, long pid, boolean sidecar) {
    String owner = sidecar ? id.value() : container.handle().value();
    return cell.plugins().runtime().attach(owner, pid);
  }

  /**
   * Forgets a process that has ended or did not start. What cannot be removed of a sidecar keeps
   * its id and name taken; destroying the container removes it.
   */
  private void cleanUp(ProcessTable.Slot slot, boolean sidecar) {
    ProcessId id = slot.id();
    try {
      if (sidecar) {
        sidecars.remove(id.value());
      } else {
        files.remove(id.value());
      }
      forget(id);
    } catch (GardenException.ContainerNotFound e) {
      log.atDebug().addKeyValue("process", id).log("container went before its process");
    } catch (GardenException e) {
      log.atWarn()
          .addKeyValue("handle", container.handle())
          .addKeyValue("process", id)
          .setCause(e)
          .log("process not cleaned up");
      if (sidecar) {
        return;
      }
    }
    table.free(slot);
  }

  RunningProcess attach(String id) {
    return table.running(id);
  }

  /**
   * Takes up a process of an earlier daemon; one that ended is forgotten. Can be repeated if it
   * fails.
   */
  void adopt(SavedProcess process) {
    ProcessId id = new ProcessId(process.id());
    if (table.knows(id)) {
      return;
    }
    Optional<ContainerProcess> found =
        process.pid() == 0 ? Optional.empty() : find(id, process.pid(), process.sidecar());
    ProcessTable.Slot slot = table.take(id, Duration.ZERO);
    if (found.isPresent()) {
      follow(slot, found.get(), process.sidecar());
    } else {
      later(slot, () -> cleanUp(slot, process.sidecar()));
    }
  }

  /** The sidecars of an earlier daemon are this container's, whatever becomes of them. */
  void claimSidecars() {
    container.saved().processes().stream()
        .filter(SavedProcess::sidecar)
        .forEach(process -> sidecars.claim(process.id()));
  }

  /** Removes all sidecars, those of an earlier life too. */
  void removeSidecars() {
    sidecars.removeAll();
  }

  List<RunningProcess> running() {
    return table.running();
  }

  List<String> ids() {
    return table.running().stream().map(RunningProcess::id).sorted().toList();
  }

  /** Ends all processes: asks first unless {@code kill}, and kills those that stay. */
  void stop(boolean kill) {
    List<RunningProcess> all = table.running();
    List<String> failures = new ArrayList<>();
    if (!kill) {
      List<RunningProcess> asked = new ArrayList<>();
      for (RunningProcess process : all) {
        // One that cannot be asked is killed below; the others are still asked.
        Undo.attempt(
            () -> {
              if (process.terminate()) {
                asked.add(process);
              }
            },
            new ArrayList<>());
      }
      awaitExits(asked, cell.settings().deadlines().stopGrace());
    }
    for (RunningProcess process : all) {
      if (!process.hasExited()) {
        Undo.attempt(process::kill, failures);
      }
    }
    if (!awaitExits(all, cell.settings().deadlines().stopGrace())) {
      failures.add("processes of " + container.handle() + " did not end");
    }
    if (!failures.isEmpty()) {
      throw GardenException.failure("stop: " + String.join("; ", failures));
    }
  }

  private static boolean awaitExits(List<RunningProcess> processes, Duration patience) {
    CompletableFuture<?>[] exits =
        processes.stream()
            .map(p -> p.exited().handle((code, failure) -> true))
            .toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(exits).get(patience.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Tells clients that still wait that the container is gone. */
  void close() {
    table
        .running()
        .forEach(process -> process.close("container " + container.handle() + " is gone"));
  }

  private Path root() {
    ContainerState state = container.runtime();
    if (state == null) {
      throw GardenException.failure("container init process is not running");
    }
    return state.root();
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }
}
