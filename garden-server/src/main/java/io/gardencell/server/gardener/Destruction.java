package io.gardencell.server.gardener;

import io.gardencell.api.GardenException;
import io.gardencell.server.gardener.SavedContainer.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Destroys one container; every step is tried, and what fails leaves it stuck, to be destroyed
 * again (guardian: gardener/gardener.go, destroy). One thread.
 */
final class Destruction {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Cell cell;
  private final LiveContainer container;
  private final ContainerProcesses processes;
  private final String handle;

  Destruction(Cell cell, LiveContainer container, ContainerProcesses processes) {
    this.cell = cell;
    this.container = container;
    this.processes = processes;
    handle = container.handle().value();
  }

  void run(Runnable forgotten) {
    container.beginDestroy(PATIENCE);
    steps(forgotten);
  }

  /** For containers that nobody can use yet. */
  void steps(Runnable forgotten) {
    List<String> failures = new ArrayList<>();
    // Ends the clients' processes first; what does not end here ends with the container.
    Undo.attempt(() -> processes.stop(true), new ArrayList<>());
    Undo.attempt(processes::removeSidecars, failures);
    boolean ended = Undo.attempt(() -> cell.plugins().runtime().delete(handle), failures);
    Undo.attempt(() -> cell.plugins().network().down(handle), failures);
    if (ended) {
      // Never under a container that may be alive.
      Undo.attempt(() -> cell.plugins().image().delete(handle), failures);
    }
    if (failures.isEmpty()) {
      // Nothing may write the state file back from here on.
      container.gone();
      Undo.attempt(() -> cell.states().remove(handle), failures);
    }
    processes.close();
    if (!failures.isEmpty()) {
      container.notGone();
      Undo.attempt(() -> container.phase(Phase.STUCK), failures);
      throw GardenException.failure(Undo.text(failures));
    }
    forgotten.run();
  }
}
