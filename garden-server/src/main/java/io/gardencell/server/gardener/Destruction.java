package io.gardencell.server.gardener;

import io.gardencell.api.GardenException;
import java.util.ArrayList;
import java.util.List;

/**
 * Destroys one container; every step is tried, and what fails leaves it stuck, to be destroyed
 * again. One thread.
 */
final class Destruction {

  private final Cell cell;
  private final LiveContainer container;
  private final ContainerProcesses processes;

  Destruction(Cell cell, LiveContainer container, ContainerProcesses processes) {
    this.cell = cell;
    this.container = container;
    this.processes = processes;
  }

  /** Destroys it; {@code forgotten} is called when nothing is left. */
  void run(Runnable forgotten) {
    container.beginDestroy(cell.settings().deadlines().stopGrace());
    List<String> failures = new ArrayList<>();
    // Ends the clients' processes first; what does not end here ends with the container.
    Undo.attempt(() -> processes.stop(true), new ArrayList<>());
    Undo.attempt(processes::removeSidecars, failures);
    failures = new Teardown(cell, container).run(Teardown.ALL, failures);
    processes.close();
    if (!failures.isEmpty()) {
      throw GardenException.failure(Undo.text(failures));
    }
    forgotten.run();
  }
}
