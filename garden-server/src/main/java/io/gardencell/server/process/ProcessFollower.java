package io.gardencell.server.process;

import io.gardencell.api.GardenException;
import io.gardencell.api.ProcessId;
import io.gardencell.api.spi.ContainerProcess;
import io.gardencell.server.cell.Cell;
import io.gardencell.server.cell.LiveContainer;
import io.gardencell.server.depot.ProcessFiles;
import io.gardencell.server.depot.SavedContainer.SavedProcess;
import io.gardencell.server.stream.RunningProcess;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the processes of one container to their end and clears up after them. Any thread; only
 * {@link #find} and {@link #cleanUp} block.
 */
final class ProcessFollower {

  private static final Logger log = LoggerFactory.getLogger(ProcessFollower.class);

  private final Cell cell;
  private final LiveContainer container;
  private final ProcessTable table;
  private final ProcessFiles files;
  private final Sidecars sidecars;

  ProcessFollower(
      Cell cell,
      LiveContainer container,
      ProcessTable table,
      ProcessFiles files,
      Sidecars sidecars) {
    this.cell = cell;
    this.container = container;
    this.table = table;
    this.files = files;
    this.sidecars = sidecars;
  }

  /** Pumps the output of a process that runs; its id is free again when all of it is gone. */
  RunningProcess follow(ProcessTable.Slot slot, ContainerProcess process) {
    RunningProcess running =
        cell.streams().start(container.handle().value(), slot.id().value(), process);
    slot.started(running);
    AtomicBoolean looked = new AtomicBoolean();
    running.onSilence(
        () -> {
          if (!looked.getAndSet(true)) {
            later(slot, () -> lookAgain(slot, running));
          }
        });
    var unused =
        running
            .exited()
            .whenComplete(
                (code, failure) ->
                    later(
                        slot,
                        failure == null ? () -> cleanUp(slot) : () -> lost(slot, process.pid())));
    return running;
  }

  /** Clears up after one that ended while nobody followed it. */
  void ended(ProcessTable.Slot slot) {
    later(slot, () -> cleanUp(slot));
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

  /** Its exit is overdue: a new handle tells of an end whose notification was lost. */
  private void lookAgain(ProcessTable.Slot slot, RunningProcess running) {
    if (!container.isUsable()) {
      return;
    }
    try {
      Optional<ContainerProcess> again = find(slot, running.pid());
      if (again.isPresent()) {
        running.followAlso(again.get());
      } else {
        running.endedUnseen();
      }
    } catch (GardenException e) {
      log.atWarn()
          .addKeyValue("handle", container.handle())
          .addKeyValue("process", slot.id())
          .setCause(e)
          .log("cannot tell whether a process runs whose output has ended");
    }
  }

  /**
   * The host cannot tell how it ended, or whether: it is looked for again before it is given up.
   */
  private void lost(ProcessTable.Slot slot, long pid) {
    try {
      if (!container.isUsable() || !slot.mayBeFoundAgain()) {
        return;
      }
      Optional<ContainerProcess> again = find(slot, pid);
      if (again.isPresent()) {
        follow(slot, again.get());
      } else {
        cleanUp(slot);
      }
    } catch (GardenException e) {
      log.atWarn()
          .addKeyValue("handle", container.handle())
          .addKeyValue("process", slot.id())
          .setCause(e)
          .log("cannot tell whether a process runs, its id stays taken");
    }
  }

  /** Finds a process by its pid; empty if it has ended. */
  Optional<ContainerProcess> find(SavedProcess process) {
    return attach(process.sidecar() ? process.id() : container.handle().value(), process.pid());
  }

  private Optional<ContainerProcess> find(ProcessTable.Slot slot, long pid) {
    return attach(slot.isSidecar() ? slot.id().value() : container.handle().value(), pid);
  }

  private Optional<ContainerProcess> attach(String system, long pid) {
    return cell.plugins().runtime().attach(system, pid);
  }

  /**
   * Forgets a process that has ended or did not start. What cannot be removed of a sidecar keeps
   * its id and name taken; destroying the container removes it.
   */
  void cleanUp(ProcessTable.Slot slot) {
    ProcessId id = slot.id();
    try {
      if (slot.isSidecar()) {
        sidecars.remove(id.value());
      } else {
        files.remove(id.value());
      }
      container.update(
          saved -> saved.withProcesses(ProcessTable.without(saved.processes(), id.value())));
    } catch (GardenException.ContainerNotFound e) {
      log.atDebug().addKeyValue("process", id).log("container went before its process");
    } catch (GardenException e) {
      log.atWarn()
          .addKeyValue("handle", container.handle())
          .addKeyValue("process", id)
          .setCause(e)
          .log("process not cleaned up");
      if (slot.isSidecar()) {
        return;
      }
    }
    table.free(slot);
  }
}
