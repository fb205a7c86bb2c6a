package io.gardencell.emulator.compute;

import io.gardencell.emulator.posix.Posix;
import io.gardencell.emulator.volume.EmulatedQuota;
import io.gardencell.hcs.HcsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops writers of volumes past their quota. A volume cannot grow without the file system's free
 * space shrinking, which is one call to ask; so a volume is measured, by walking it, only when that
 * has shrunk by half of what the volume has left, and now and then anyway, the more rarely the more
 * there is to walk. One thread.
 */
final class QuotaWatch {

  private static final Logger log = LoggerFactory.getLogger(QuotaWatch.class);
  private static final long LONGEST = TimeUnit.SECONDS.toNanos(10);

  /** Of the time, at most one part in so many goes into measuring, urgently or not. */
  private static final int URGENT_SHARE = 5;

  private static final int SHARE = 50;

  private final SystemStore store;
  private final SystemResources resources;
  private final EmulatedQuota quota;
  private final ProcessTable table;
  private final Set<String> past = new HashSet<>();
  private Map<String, Budget> budgets = new HashMap<>();
  private Map<String, SystemRecord> byVolume = Map.of();
  private @Nullable FileStore files;
  private long walking;
  private long notBefore = System.nanoTime();

  QuotaWatch(
      SystemStore store, SystemResources resources, EmulatedQuota quota, ProcessTable table) {
    this.store = store;
    this.resources = resources;
    this.quota = quota;
    this.table = table;
  }

  void follow(List<SystemRecord> systems) {
    Map<String, SystemRecord> now = new HashMap<>();
    Map<String, Budget> kept = new HashMap<>();
    for (SystemRecord system : systems) {
      String volume = system.document().volumePath();
      now.put(volume, system);
      kept.put(volume, budgets.getOrDefault(volume, new Budget()));
    }
    byVolume = now;
    budgets = kept;
    past.retainAll(now.keySet());
  }

  void watch(long now) {
    if (byVolume.isEmpty() || now - notBefore < 0) {
      return;
    }
    long supply = -free();
    long longest = Math.max(LONGEST, walking * SHARE);
    long walked = 0;
    for (Map.Entry<String, SystemRecord> e : byVolume.entrySet()) {
      Budget budget = budgets.computeIfAbsent(e.getKey(), k -> new Budget());
      if (budget.isDue(now, supply, longest)) {
        long begin = System.nanoTime();
        look(e.getKey(), e.getValue(), budget, now, supply);
        walked += System.nanoTime() - begin;
      }
    }
    if (walked > 0) {
      walking = Math.max(walking * 9 / 10, walked);
      notBefore = System.nanoTime() + walked * (URGENT_SHARE - 1);
    }
  }

  private long free() {
    try {
      if (files == null) {
        files = Files.getFileStore(store.state().volumes());
      }
      return files.getUnallocatedSpace();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void look(String volume, SystemRecord system, Budget budget, long now, long supply) {
    Optional<Long> limit = quota.limitOf(volume);
    long left = Long.MAX_VALUE;
    try {
      if (limit.isPresent()) {
        left = limit.get() - quota.measure(volume);
      }
      if (left >= 0) {
        past.remove(volume);
      } else {
        if (past.add(volume)) {
          log.atWarn()
              .addKeyValue("system", system.id())
              .addKeyValue("bytesOver", -left)
              .log("Disk quota exceeded");
        }
        stopWriters(system);
      }
    } catch (HcsException volumeGone) {
      left = Long.MAX_VALUE;
    }
    budget.looked(now, supply, left);
  }

  /** All processes with files of the volume open but the first, the init. */
  private void stopWriters(SystemRecord system) {
    Map<Path, ProcessRecord> all = store.processes(system);
    long init =
        all.values().stream()
            .min(Comparator.comparingLong(ProcessRecord::createdMillis))
            .map(ProcessRecord::pid)
            .orElse(0L);
    Path volume = resources.volume(system, "quota");
    for (ProcessTable.Entry member :
        table.takenAfter(System.nanoTime()).membersOf(system, all.values())) {
      if (member.pid() != init && ProcessTable.hasOpen(member.pid(), volume)) {
        Posix.kill(member.pid(), Posix.SIGKILL);
      }
    }
  }
}
