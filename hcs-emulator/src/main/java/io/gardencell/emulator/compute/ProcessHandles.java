package io.gardencell.emulator.compute;

import io.gardencell.emulator.posix.PipeLoop;
import io.gardencell.emulator.posix.Posix;
import io.gardencell.emulator.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Open handles to processes, and the directories of those that need none any more. A directory goes
 * a while after its process has ended, its output was read to the end and its handles were closed:
 * another program of this host may still be asking. One whose end nobody took notice of stays with
 * its system, so that no exit code and no output is lost; of those a system keeps a bounded number.
 * Any thread.
 */
final class ProcessHandles {

  private static final Logger log = LoggerFactory.getLogger(ProcessHandles.class);
  private static final String RELEASED = "released";
  private static final int UNCLAIMED = 64;
  private static final long GRACE_SECONDS = 5;
  private static final long PERIOD = TimeUnit.SECONDS.toNanos(2);
  private static final int LONG_PERIOD = 30;

  private final SystemStore store;
  private final PipeLoop loop;
  private final ProcessTable table;
  private final Map<Path, Set<EmulatedProcess>> open = new ConcurrentHashMap<>();
  private final Set<Path> released = ConcurrentHashMap.newKeySet();
  private long nextLook = System.nanoTime();
  private int looks;

  ProcessHandles(SystemStore store, PipeLoop loop, ProcessTable table) {
    this.store = store;
    this.loop = loop;
    this.table = table;
  }

  EmulatedProcess open(Path home, ProcessRecord process) {
    EmulatedProcess handle = new EmulatedProcess(home, process, loop, table, this);
    open.computeIfAbsent(home, k -> ConcurrentHashMap.newKeySet()).add(handle);
    return handle;
  }

  /** A handle was closed. */
  void closed(EmulatedProcess handle) {
    Path home = handle.home();
    open.computeIfPresent(
        home,
        (k, handles) -> {
          handles.remove(handle);
          return handles.isEmpty() ? null : handles;
        });
    if (handle.isSpent()) {
      try {
        Files.write(home.resolve(RELEASED), new byte[0]);
        released.add(home);
      } catch (IOException goneWithItsSystem) {
        released.remove(home);
      }
    }
  }

  /** Tells the handles of a process that its exit code is known, before its directory goes. */
  void settle(Path home) {
    open.getOrDefault(home, Set.of()).forEach(EmulatedProcess::settle);
  }

  /** Takes over what an earlier daemon had released. */
  void adopt() {
    for (SystemRecord system : store.all()) {
      for (Path home : store.processes(system).keySet()) {
        if (Files.exists(home.resolve(RELEASED))) {
          released.add(home);
        }
      }
    }
  }

  void watch() {
    long now = System.nanoTime();
    if (now - nextLook < 0) {
      return;
    }
    nextLook = now + PERIOD;
    released.removeIf(this::removeReleased);
    if (looks++ % LONG_PERIOD == 0) {
      store.all().forEach(this::boundUnclaimed);
    }
  }

  private boolean removeReleased(Path home) {
    try {
      FileTime since = Files.getLastModifiedTime(home.resolve(RELEASED));
      boolean over =
          since.toInstant().isBefore(Instant.now().minusSeconds(GRACE_SECONDS))
              && !open.containsKey(home);
      if (over) {
        remove(home);
      }
      return over;
    } catch (IOException gone) {
      return true;
    }
  }

  private void boundUnclaimed(SystemRecord system) {
    List<Map.Entry<Path, ProcessRecord>> unclaimed =
        store.processes(system).entrySet().stream()
            .filter(e -> Files.exists(e.getKey().resolve("exit")))
            .filter(e -> !open.containsKey(e.getKey()) && !released.contains(e.getKey()))
            .sorted(
                Comparator.comparingLong(
                    (Map.Entry<Path, ProcessRecord> e) -> e.getValue().createdMillis()))
            .toList();
    for (int i = 0; i < unclaimed.size() - UNCLAIMED; i++) {
      ProcessRecord process = unclaimed.get(i).getValue();
      log.atWarn()
          .addKeyValue("system", system.id())
          .addKeyValue("pid", process.pid())
          .log("ended process that nobody asked for is forgotten");
      if (table.isAlive(process.supervisor(), process.supervisorStart())) {
        Posix.kill(process.supervisor(), Posix.SIGKILL);
      }
      remove(unclaimed.get(i).getKey());
    }
  }

  /** Its processor time goes to the system's sum; for a moment it is in neither, never in both. */
  private void remove(Path home) {
    Path system = SystemStore.systemOf(home);
    try {
      EndedTimes times = EndedTimes.take(home);
      EndedTimes.add(store.state(), system, times);
      StateDirectory.removeTree(home);
      store.forgetProcess(home);
    } catch (IOException e) {
      log.atWarn().addKeyValue("directory", home).setCause(e).log("ended process not removed");
    }
  }
}
