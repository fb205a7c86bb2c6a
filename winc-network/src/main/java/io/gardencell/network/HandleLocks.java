package io.gardencell.network;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** One lock per handle, forgotten when nobody holds or awaits it; any thread. */
final class HandleLocks {

  private final ConcurrentMap<String, Entry> entries = new ConcurrentHashMap<>();

  <T> T locked(String handle, Supplier<T> body) {
    Entry entry =
        entries.compute(
            handle,
            (h, present) -> {
              Entry e = present == null ? new Entry() : present;
              e.users++;
              return e;
            });
    entry.lock.lock();
    try {
      return body.get();
    } finally {
      entry.lock.unlock();
      entries.computeIfPresent(handle, (h, e) -> --e.users == 0 ? null : e);
    }
  }

  private static final class Entry {
    final ReentrantLock lock = new ReentrantLock();
    int users;
  }
}
