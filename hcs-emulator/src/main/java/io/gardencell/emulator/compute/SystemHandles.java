package io.gardencell.emulator.compute;

import io.gardencell.hcs.SystemExit;
import java.nio.file.attribute.FileTime;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Open handles to systems, which are to be told of their end, whoever ended them. Any thread. */
final class SystemHandles {

  private static final long LOOK_ANYWAY = TimeUnit.SECONDS.toNanos(1);

  private final SystemStore store;
  private final Set<EmulatedSystem> handles = ConcurrentHashMap.newKeySet();
  private FileTime seen = FileTime.fromMillis(0);
  private long seenAt = System.nanoTime() - LOOK_ANYWAY;

  SystemHandles(SystemStore store) {
    this.store = store;
  }

  EmulatedSystem open(EmulatedCompute compute, SystemRecord system) {
    EmulatedSystem handle = new EmulatedSystem(compute, system);
    handles.add(handle);
    return handle;
  }

  void forget(EmulatedSystem handle) {
    handles.remove(handle);
  }

  void ended(SystemRecord system, SystemExit exit) {
    for (EmulatedSystem handle : handles) {
      if (handle.opened().marker().equals(system.marker())) {
        handle.exited().complete(exit);
      }
    }
  }

  /** Looks at all only after a change; a time stamp can be too coarse to show one, so anyway. */
  void watch() {
    FileTime now = store.lastChange();
    long at = System.nanoTime();
    if (now.equals(seen) && !SystemStore.isFresh(now) && at - seenAt < LOOK_ANYWAY) {
      return;
    }
    seen = now;
    seenAt = at;
    for (EmulatedSystem handle : handles) {
      if (!handle.exited().isDone() && store.again(handle.opened()).isEmpty()) {
        handle.exited().complete(store.exitOf(handle.opened().marker()));
      }
    }
  }
}
