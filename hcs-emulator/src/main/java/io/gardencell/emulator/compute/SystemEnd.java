package io.gardencell.emulator.compute;

import io.gardencell.emulator.posix.PipeLoop;
import io.gardencell.emulator.posix.Posix;
import io.gardencell.hcs.SystemExit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How systems end: marked first, so that nothing more starts in them, then their processes, without
 * the state's lock, then their records. A crash in between is finished by the next host that opens
 * the directory. Any thread.
 */
final class SystemEnd {

  private static final Logger log = LoggerFactory.getLogger(SystemEnd.class);
  private static final int SHUTDOWN_ROUNDS = 100;
  private static final int KILL_ROUNDS = 200;
  private static final long ROUND_NANOS = 500_000;
  private static final long EXIT_MILLIS = 1_000;

  private final SystemStore store;
  private final SystemResources resources;
  private final ProcessTable table;
  private final PipeLoop loop;
  private final ProcessHandles processHandles;
  private final SystemHandles handles;
  private final ScheduledExecutorService timer;

  SystemEnd(
      SystemStore store,
      SystemResources resources,
      ProcessTable table,
      PipeLoop loop,
      ProcessHandles processHandles,
      SystemHandles handles,
      ScheduledExecutorService timer) {
    this.store = store;
    this.resources = resources;
    this.table = table;
    this.loop = loop;
    this.processHandles = processHandles;
    this.handles = handles;
    this.timer = timer;
  }

  /**
   * Asks all processes to end, and ends the system when they have or their time is over; whether
   * there is one to end.
   */
  boolean shutdown(SystemRecord opened) {
    SystemRecord now = store.again(opened).orElse(null);
    if (now == null) {
      handles.ended(opened, store.exitOf(opened.marker()));
      return false;
    }
    store.processes(now).forEach((home, process) -> EmulatedProcess.signal(home, process, table));
    for (ProcessTable.Entry member : members(now)) {
      Posix.kill(member.pid(), Posix.SIGTERM);
    }
    awaitShutdown(now, SHUTDOWN_ROUNDS);
    return true;
  }

  private List<ProcessTable.Entry> members(SystemRecord system) {
    return table.recent().membersOf(system, store.processes(system).values());
  }

  private void awaitShutdown(SystemRecord system, int rounds) {
    timer.schedule(
        () -> {
          if (rounds == 0 || members(system).isEmpty()) {
            end(system, new SystemExit(0, ""));
          } else {
            awaitShutdown(system, rounds - 1);
          }
        },
        rounds == SHUTDOWN_ROUNDS ? 20 : 100,
        TimeUnit.MILLISECONDS);
  }

  /** Ends all processes and removes the system; whether there was one. */
  boolean end(SystemRecord opened, SystemExit exit) {
    Optional<SystemRecord> marked = store.state().locked(() -> mark(opened));
    if (marked.isPresent()) {
      SystemRecord now = marked.get();
      Map<Path, ProcessRecord> processes = store.processes(now);
      killAll(now, processes);
      processes.keySet().forEach(processHandles::settle);
      Optional<Path> gone = store.state().locked(() -> takeOut(now, exit));
      gone.ifPresent(store::remove);
      log.atInfo()
          .addKeyValue("system", now.id())
          .addKeyValue("status", exit.status())
          .addKeyValue("event", exit.event())
          .log("system ended");
    }
    handles.ended(opened, exit);
    return marked.isPresent();
  }

  private Optional<SystemRecord> mark(SystemRecord opened) {
    Optional<SystemRecord> now = store.again(opened);
    now.filter(s -> !s.ending()).ifPresent(s -> store.write(s.thatEnds()));
    return now;
  }

  private Optional<Path> takeOut(SystemRecord system, SystemExit exit) {
    return store.again(system).isEmpty() ? Optional.empty() : undone(system, exit);
  }

  private Optional<Path> undone(SystemRecord system, SystemExit exit) {
    resources.remove(system);
    return store.moveAway(system, exit);
  }

  /** Undoes all that makes a system, without regard to processes. */
  void remove(SystemRecord system) {
    store.state().locked(() -> undone(system, new SystemExit(0, ""))).ifPresent(store::remove);
  }

  /** Ends processes of a system that is gone already. */
  void killMembers(SystemRecord system) {
    killAll(system, store.processes(system));
  }

  private void killAll(SystemRecord system, Map<Path, ProcessRecord> processes) {
    processes.forEach((home, process) -> EmulatedProcess.terminate(home, process, table));
    // Whoever was forked while we looked is found in the next round; nothing tells of forks.
    for (int round = 0; round < KILL_ROUNDS; round++) {
      List<ProcessTable.Entry> left =
          table.takenAfter(System.nanoTime()).membersOf(system, processes.values());
      if (left.isEmpty()) {
        break;
      }
      left.forEach(member -> Posix.kill(member.pid(), Posix.SIGKILL));
      LockSupport.parkNanos(ROUND_NANOS);
    }
    processes.forEach(this::awaitExit);
  }

  /** Only after the exit code is on disk; a supervisor without one answers TERMINATED. */
  private void awaitExit(Path home, ProcessRecord process) {
    try (LifeLine life = LifeLine.of(loop, home)) {
      life.ended().get(EXIT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | ExecutionException | TimeoutException e) {
      log.atDebug().addKeyValue("directory", home).setCause(e).log("end of a process not seen");
    }
    if (table.isAlive(process.supervisor(), process.supervisorStart())) {
      Posix.kill(process.supervisor(), Posix.SIGKILL);
    }
  }
}
