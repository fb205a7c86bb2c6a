package io.gardencell.emulator.compute;

import io.gardencell.emulator.volume.EmulatedQuota;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Holds systems to their limits. Which systems have any is read again only when one has come or
 * gone. One thread.
 */
final class SystemWatch {

  private static final long LIST_ANYWAY = TimeUnit.SECONDS.toNanos(5);

  private final SystemStore store;
  private final MemoryWatch memory;
  private final QuotaWatch quota;
  private List<SystemRecord> systems = List.of();
  private FileTime seen = FileTime.fromMillis(0);
  private long listedAt = System.nanoTime() - LIST_ANYWAY;

  SystemWatch(
      SystemStore store,
      SystemResources resources,
      EmulatedQuota quota,
      ProcessTable table,
      SystemEnd end) {
    this.store = store;
    this.memory = new MemoryWatch(store, table, end);
    this.quota = new QuotaWatch(store, resources, quota, table);
  }

  void watch() {
    FileTime change = store.lastChange();
    long now = System.nanoTime();
    if (!change.equals(seen) || SystemStore.isFresh(change) || now - listedAt > LIST_ANYWAY) {
      seen = change;
      listedAt = now;
      systems = store.all().stream().filter(s -> !s.ending()).toList();
      memory.follow(systems);
      quota.follow(systems);
    }
    memory.watch(now);
    quota.watch(now);
  }
}
