package io.gardencell.runtime;

import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HostCompute;
import io.gardencell.hcs.SystemExit;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open handle for each container, with one subscription to its end. Any thread; failures are
 * the host's.
 */
final class LiveSystems implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LiveSystems.class);

  private final Map<String, ComputeSystem> systems = new ConcurrentHashMap<>();
  private final HostCompute compute;
  private final Executor executor;
  private final ContainerEvents events;

  LiveSystems(HostCompute compute, Executor executor, ContainerEvents events) {
    this.compute = compute;
    this.executor = executor;
    this.events = events;
  }

  /** The handle of a container, opened if need be. */
  ComputeSystem get(String handle) {
    ComputeSystem open = systems.get(handle);
    return open != null ? open : keep(compute.open(handle));
  }

  /** Takes over a handle that was just made; gives the one to use. */
  ComputeSystem keep(ComputeSystem system) {
    ComputeSystem first = systems.putIfAbsent(system.id(), system);
    if (first != null) {
      system.close();
      return first;
    }
    system.exited().whenCompleteAsync((exit, failure) -> ended(system, exit, failure), executor);
    return system;
  }

  /** Closes the handle of a container, if there is one. */
  void forget(String handle) {
    ComputeSystem system = systems.remove(handle);
    if (system != null) {
      system.close();
    }
  }

  /** A handle whose system has ended, or that was cut off, is of no more use. */
  private void ended(ComputeSystem system, SystemExit exit, Throwable failure) {
    if (failure == null && isOutOfMemory(exit)) {
      events.outOfMemory(system.id());
    }
    if (systems.remove(system.id(), system)) {
      if (failure != null) {
        log.atWarn().addKeyValue("handle", system.id()).setCause(failure).log("container lost");
      }
      system.close();
    }
  }

  static boolean isOutOfMemory(SystemExit exit) {
    return HcsErrors.isOutOfMemory(HcsErrors.codeOf(exit.status()))
        || exit.event().toLowerCase(Locale.ROOT).contains("out of memory");
  }

  @Override
  public void close() {
    for (String handle : systems.keySet()) {
      forget(handle);
    }
  }
}
