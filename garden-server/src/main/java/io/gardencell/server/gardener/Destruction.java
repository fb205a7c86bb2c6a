package io.gardencell.server.gardener;

import io.gardencell.server.cell.Cell;
import io.gardencell.server.cell.Failures;
import io.gardencell.server.cell.LiveContainer;
import io.gardencell.server.process.ContainerProcesses;

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
    Failures failures = new Failures();
    // Ends the clients' processes first; what does not end here ends with the container.
    new Failures().attempt(() -> processes.stop(true));
    failures.attempt(processes::removeSidecars);
    new Teardown(cell, container).run(Teardown.ALL, failures);
    processes.close();
    failures.orThrow();
    forgotten.run();
  }
}
