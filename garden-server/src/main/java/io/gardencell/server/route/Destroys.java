package io.gardencell.server.route;

import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.server.grace.GraceTimers;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Containers being destroyed: never the same one twice at a time. Any thread; blocks. */
final class Destroys {

  private final ContainerBackend backend;
  private final Set<Handle> inProgress = ConcurrentHashMap.newKeySet();

  Destroys(ContainerBackend backend) {
    this.backend = backend;
  }

  void destroy(Handle handle, GraceTimers timers) {
    if (!tryDestroy(handle, timers)) {
      // Diego's health checker compares this text.
      throw GardenException.failure("container already being destroyed");
    }
  }

  /** False if somebody else is at it. */
  boolean tryDestroy(Handle handle, GraceTimers timers) {
    if (!inProgress.add(handle)) {
      return false;
    }
    try {
      backend.destroy(handle);
      timers.forget(handle);
    } catch (GardenException.ContainerNotFound e) {
      timers.forget(handle);
      throw e;
    } finally {
      inProgress.remove(handle);
    }
    return true;
  }
}
