package io.gardencell.server.gardener;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
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

  /** Takes these parts down; the texts of the failures, with which the container is stuck. */
  List<String> run(Set<Part> parts, List<String> failuresBefore) {
    List<String> failures = new ArrayList<>(failuresBefore);
    boolean ended = true;
    if (parts.contains(Part.RUNTIME)) {
      ended = Undo.attempt(() -> cell.plugins().runtime().delete(handle), failures);
    }
    if (parts.contains(Part.NETWORK)) {
      Undo.attempt(() -> cell.plugins().network().down(handle), failures);
    }
    if (parts.contains(Part.IMAGE) && ended) {
      Undo.attempt(() -> cell.plugins().image().delete(handle), failures);
    }
    if (failures.isEmpty()) {
      // Nothing may write the state file back from here on.
      container.gone();
      Undo.attempt(() -> cell.states().remove(handle), failures);
    }
    if (!failures.isEmpty()) {
      container.stuck();
    }
    return failures;
  }
}
