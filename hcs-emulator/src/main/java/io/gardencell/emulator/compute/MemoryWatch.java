package io.gardencell.emulator.compute;

import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.SystemExit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Ends systems past their memory. A system cannot grow without the machine's private memory
 * growing, which is one small file to read; so the processes of a system are looked at only when
 * that has grown by half of what the system has left, and once a second anyway. One thread.
 */
final class MemoryWatch {

  private static final long LONGEST = TimeUnit.SECONDS.toNanos(1);
  private static final long LONGEST_BLIND = TimeUnit.MILLISECONDS.toNanos(100);

  /** Of the time, at most one part in so many goes into looking. */
  private static final int SHARE = 8;

  private final SystemStore store;
  private final ProcessTable table;
  private final SystemEnd end;
  private Map<SystemRecord, Budget> limited = Map.of();
  private long notBefore = System.nanoTime();

  MemoryWatch(SystemStore store, ProcessTable table, SystemEnd end) {
    this.store = store;
    this.table = table;
    this.end = end;
  }

  private static long limit(SystemRecord system) {
    return system.document().memoryMaximumInMb() * 1024 * 1024;
  }

  void follow(List<SystemRecord> systems) {
    Map<SystemRecord, Budget> now = new HashMap<>();
    for (SystemRecord system : systems) {
      if (limit(system) > 0) {
        now.put(system, limited.getOrDefault(system, new Budget()));
      }
    }
    limited = now;
  }

  void watch(long now) {
    if (limited.isEmpty() || now - notBefore < 0) {
      return;
    }
    OptionalLong machine = PrivateMemory.ofMachine();
    long supply = machine.orElse(0);
    long longest = machine.isPresent() ? LONGEST : LONGEST_BLIND;
    List<Map.Entry<SystemRecord, Budget>> due =
        limited.entrySet().stream().filter(e -> e.getValue().isDue(now, supply, longest)).toList();
    if (due.isEmpty()) {
      return;
    }
    ProcessSnapshot processes = table.takenAfter(now - TimeUnit.MILLISECONDS.toNanos(20));
    for (Map.Entry<SystemRecord, Budget> e : due) {
      SystemRecord system = e.getKey();
      long used =
          processes.membersOf(system, store.processes(system).values()).stream()
              .mapToLong(m -> PrivateMemory.of(m.pid()))
              .sum();
      e.getValue().looked(now, supply, limit(system) - used);
      if (used > limit(system)) {
        end.end(system, new SystemExit(HcsErrors.UNEXPECTED_EXIT, "Out of memory"));
      }
    }
    long done = System.nanoTime();
    notBefore = done + (done - now) * (SHARE - 1);
  }
}
