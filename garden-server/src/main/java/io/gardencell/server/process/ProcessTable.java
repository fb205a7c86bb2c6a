package io.gardencell.server.process;

import io.gardencell.api.GardenException;
import io.gardencell.api.ProcessId;
import io.gardencell.server.cell.Names;
import io.gardencell.server.cell.Patience;
import io.gardencell.server.depot.SavedContainer.SavedProcess;
import io.gardencell.server.stream.RunningProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which process ids of a container are taken, from before the start until the last trace is gone.
 * Any thread.
 */
final class ProcessTable {

  private static final int MOST_LOSSES = 3;

  private final int most;
  private final Map<String, Slot> slots = new HashMap<>();

  ProcessTable(int most) {
    this.most = most;
  }

  /** A taken id. */
  static final class Slot {

    private final ProcessId id;
    private volatile @Nullable RunningProcess running;
    private volatile boolean sidecar;
    private int losses;

    private Slot(ProcessId id) {
      this.id = id;
    }

    ProcessId id() {
      return id;
    }

    /** From now on the id is a sidecar's. */
    void claimed() {
      sidecar = true;
    }

    /** Whether its process has a root file system of its own. */
    boolean isSidecar() {
      return sidecar;
    }

    void started(RunningProcess process) {
      running = process;
    }

    /** Whether a process whose end was not seen should be looked for once more. */
    synchronized boolean mayBeFoundAgain() {
      return losses++ < MOST_LOSSES;
    }

    private boolean hasExited() {
      RunningProcess process = running;
      return process != null && process.hasExited();
    }
  }

  /**
   * Takes an id. A process of this id that has ended is being cleaned up: whoever saw its exit may
   * use the id again, so this is waited for.
   */
  synchronized Slot take(ProcessId id, Duration patience) {
    boolean free =
        new Patience(patience)
            .until(
                this,
                () -> {
                  Slot before = slots.get(id.key());
                  return before == null || !before.hasExited();
                });
    if (!free || slots.containsKey(id.key())) {
      throw GardenException.failure("process ID '" + id + "' already in use");
    }
    if (slots.size() >= most) {
      throw GardenException.failure(
          "processes: %d are running (expected: at most %d)".formatted(slots.size(), most));
    }
    Slot slot = new Slot(id);
    slots.put(id.key(), slot);
    return slot;
  }

  synchronized void free(Slot slot) {
    slots.remove(slot.id().key(), slot);
    notifyAll();
  }

  synchronized boolean knows(ProcessId id) {
    return slots.containsKey(id.key());
  }

  /** A process that runs; fails if there is none. */
  RunningProcess running(String id) {
    Slot slot;
    synchronized (this) {
      slot = slots.get(Names.key(id));
    }
    RunningProcess process = slot == null ? null : slot.running;
    if (process == null || process.hasExited()) {
      throw new GardenException.ProcessNotFound(id);
    }
    return process;
  }

  /** All that run. */
  synchronized List<RunningProcess> running() {
    return slots.values().stream()
        .map(slot -> slot.running)
        .filter(Objects::nonNull)
        .filter(process -> !process.hasExited())
        .toList();
  }

  static List<SavedProcess> with(List<SavedProcess> processes, SavedProcess process) {
    List<SavedProcess> changed = new ArrayList<>(without(processes, process.id()));
    changed.add(process);
    return changed;
  }

  static List<SavedProcess> without(List<SavedProcess> processes, String id) {
    return processes.stream().filter(p -> !Names.key(p.id()).equals(Names.key(id))).toList();
  }
}
