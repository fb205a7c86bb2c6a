package io.gardencell.server.process;

import io.gardencell.api.GardenException;
import io.gardencell.api.ProcessId;
import io.gardencell.api.spi.ContainerProcess;
import io.gardencell.server.cell.Cell;
import io.gardencell.server.cell.LiveContainer;
import io.gardencell.server.depot.ProcessFiles;
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
  RunningProcess follow(ProcessTable.Slot slot, ContainerProcess process, boolean sidecar) {
    RunningProcess running =
        cell.streams().start(container.handle().value(), slot.id().value(), process);
    slot.started(running);
    AtomicBoolean looked = new AtomicBoolean();
    running.onSilence(
        () -> {
          if (!looked.getAndSet(true)) {
            later(slot, () -> lookAgain(slot, running, sidecar));
          }
        });
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

  /** Clears up after one that ended while nobody followed it. */
  void ended(ProcessTable.Slot slot, boolean sidecar) {
    later(slot, () -> cleanUp(slot, sidecar));
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
  private void lookAgain(ProcessTable.Slot slot, RunningProcess running, boolean sidecar) {
    if (!container.isUsable()) {
      return;
    }
    try {
      Optional<ContainerProcess> again = find(slot.id(), running.pid(), sidecar);
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

  /** Finds a process by its pid; empty if it has ended. */
  Optional<ContainerProcess> find(ProcessId id, long pid, boolean sidecar) {
    String owner = sidecar ? id.value() : container.handle().value();
    return cell.plugins().runtime().attach(owner, pid);
  }

  /**
   * Forgets a process that has ended or did not start. What cannot be removed of a sidecar keeps
   * its id and name taken; destroying the container removes it.
   */
  void cleanUp(ProcessTable.Slot slot, boolean sidecar) {
    ProcessId id = slot.id();
    try {
      if (sidecar) {
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
      if (sidecar) {
        return;
      }
    }
    table.free(slot);
  }
}
