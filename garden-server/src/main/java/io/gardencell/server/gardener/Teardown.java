package io.gardencell.server.gardener;

import io.gardencell.server.cell.Cell;
import io.gardencell.server.cell.Failures;
import io.gardencell.server.cell.LiveContainer;
import java.util.EnumSet;
import java.util.Set;

/**
 * Takes down what there is of a container, the newest first (guardian: gardener/gardener.go,
 * destroy). Every step is tried, but a volume is never taken from under a container that may be
 * alive, and the state file goes last, when nothing else is left. One thread.
 */
final class Teardown {

  /** What there may be, in the order in which it is made. */
  enum Part {
    FILES,
    IMAGE,
    RUNTIME,
    NETWORK
  }

  static final Set<Part> ALL = EnumSet.allOf(Part.class);

  private final Cell cell;
  private final LiveContainer container;
  private final String handle;

  Teardown(Cell cell, LiveContainer container) {
    this.cell = cell;
    this.container = container;
    handle = container.handle().value();
  }

  /** Takes these parts down; with a failure, even one from before, the container is stuck. */
  void run(Set<Part> parts, Failures failures) {
    boolean ended = true;
    if (parts.contains(Part.RUNTIME)) {
      ended = failures.attempt(() -> cell.plugins().runtime().delete(handle));
    }
    if (parts.contains(Part.NETWORK)) {
      failures.attempt(() -> cell.plugins().network().down(handle));
    }
    if (parts.contains(Part.IMAGE) && ended) {
      failures.attempt(() -> cell.plugins().image().delete(handle));
    }
    if (failures.isEmpty()) {
      // Nothing may write the state file back from here on.
      container.gone();
      failures.attempt(() -> cell.depot().remove(handle));
    }
    if (!failures.isEmpty()) {
      container.stuck();
    }
  }
}
