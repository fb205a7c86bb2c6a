package io.gardencell.server.process;

import io.gardencell.api.GardenException;
import io.gardencell.api.ProcessId;
import io.gardencell.api.ProcessSpec;
import io.gardencell.api.oci.OciProcess;
import io.gardencell.api.spi.ContainerProcess;
import io.gardencell.server.cell.Bundles;
import io.gardencell.server.cell.Cell;
import io.gardencell.server.cell.Failures;
import io.gardencell.server.cell.HostCalls.Attempt;
import io.gardencell.server.cell.LiveContainer;
import io.gardencell.server.depot.ProcessFiles;
import io.gardencell.server.depot.SavedContainer.SavedProcess;
import io.gardencell.server.files.ContainerPath;
import io.gardencell.server.files.ContainerRoot;
import io.gardencell.server.stream.RunningProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The processes of one container (guardian: rundmc/execrunner). Any thread; blocks. */
public final class ContainerProcesses {

  private static final Logger log = LoggerFactory.getLogger(ContainerProcesses.class);
  private static final String DEFAULT_USER = "ContainerAdministrator";

  private final Cell cell;
  private final LiveContainer container;
  private final ProcessFiles files;
  private final Sidecars sidecars;
  private final ProcessTable table;
  private final ProcessFollower follower;

  public ContainerProcesses(Cell cell, LiveContainer container) {
    this.cell = cell;
    this.container = container;
    files = new ProcessFiles(cell.depot(), container.handle().value());
    sidecars = new Sidecars(cell, container.handle().value(), files);
    table = new ProcessTable(cell.settings().bounds().processes());
    follower = new ProcessFollower(cell, container, table, files, sidecars);
  }

  public RunningProcess run(ProcessSpec spec, Attempt attempt) {
    boolean sidecar = !spec.image().isEmpty();
    if (!sidecar && spec.bindMounts() != null) {
      throw GardenException.failure(
          "Running a process with bind mounts and no image provided is not allowed");
    }
    ProcessId id = spec.id().isEmpty() ? ProcessId.random() : new ProcessId(spec.id());
    ProcessTable.Slot slot = table.take(id, cell.settings().deadlines().run());
    if (sidecar) {
      claim(slot, spec);
    }
    boolean done = false;
    try {
      if (sidecar) {
        // Known before anything is made, so that a start after a crash finds it.
        remember(new SavedProcess(id.value(), 0, true, cell.clock().millis()));
      }
      ContainerProcess process = sidecar ? sidecars.start(id.value(), spec) : start(id, spec);
      boolean followed = false;
      try {
        remember(new SavedProcess(id.value(), process.pid(), sidecar, cell.clock().millis()));
        files.writePid(id.value(), process.pid());
        attempt.commit();
        followed = true;
      } finally {
        if (!followed && !end(id, process)) {
          // It lives: listed it can be seen, and a stop tries again.
          follower.follow(slot, process);
          done = true;
        }
      }
      done = true;
      return follower.follow(slot, process);
    } finally {
      sidecars.end(id.value());
      if (!done) {
        follower.cleanUp(slot);
      }
    }
  }

  /** Until its name is taken nothing of the sidecar is made, and what has that name is another. */
  private void claim(ProcessTable.Slot slot, ProcessSpec spec) {
    boolean claimed = false;
    try {
      Sidecars.user(spec.user());
      sidecars.begin(slot.id().value());
      slot.claimed();
      claimed = true;
    } finally {
      if (!claimed) {
        table.free(slot);
      }
    }
  }

  private ContainerProcess start(ProcessId id, ProcessSpec spec) {
    String user = spec.user().isEmpty() ? DEFAULT_USER : spec.user();
    String directory = spec.dir().isEmpty() ? "C:\\Users\\" + user : spec.dir();
    try {
      new ContainerRoot(container.root()).makeDirectory(ContainerPath.ofDirectory(directory));
    } catch (IOException e) {
      throw GardenException.failure(
          "working directory " + directory + ": " + Failures.reason(e), e);
    }
    List<String> env = new ArrayList<>(container.saved().origin().env());
    env.addAll(spec.env());
    OciProcess process = Bundles.process(spec, env, directory, spec.user());
    files.writeSpec(id.value(), process);
    return cell.plugins().runtime().run(container.handle().value(), process);
  }

  /** Ends a process that nobody wants; false if that fails. */
  private boolean end(ProcessId id, ContainerProcess process) {
    Failures failures = new Failures();
    if (failures.attempt(process::kill)) {
      process.close();
      return true;
    }
    log.atError()
        .addKeyValue("handle", container.handle())
        .addKeyValue("process", id)
        .addKeyValue("failures", failures.texts())
        .log("process that is not wanted cannot be ended, it is listed");
    return false;
  }

  private void remember(SavedProcess process) {
    container.update(saved -> saved.withProcesses(ProcessTable.with(saved.processes(), process)));
  }

  public RunningProcess attach(String id) {
    return table.running(id);
  }

  /**
   * Takes up a process of an earlier daemon; one that ended is forgotten. Can be repeated if it
   * fails.
   */
  public void adopt(SavedProcess process) {
    ProcessId id = new ProcessId(process.id());
    if (table.knows(id)) {
      return;
    }
    Optional<ContainerProcess> found =
        process.pid() == 0 ? Optional.empty() : follower.find(process);
    ProcessTable.Slot slot = table.take(id, Duration.ZERO);
    if (process.sidecar()) {
      slot.claimed();
    }
    if (found.isPresent()) {
      follower.follow(slot, found.get());
    } else {
      follower.ended(slot);
    }
  }

  /** Ends what an earlier daemon had started without noting it. Can be repeated if it fails. */
  public void endUnrecorded() {
    new UnrecordedProcesses(cell, container, files).end();
  }

  /** The sidecars of an earlier daemon are this container's, whatever becomes of them. */
  public void claimSidecars() {
    container.saved().processes().stream()
        .filter(SavedProcess::sidecar)
        .forEach(process -> sidecars.claim(process.id()));
  }

  /** Removes all sidecars, those of an earlier life too. */
  public void removeSidecars() {
    sidecars.removeAll();
  }

  public List<String> ids() {
    return table.running().stream().map(RunningProcess::id).sorted().toList();
  }

  /** Ends all processes: asks first unless {@code kill}, and kills those that stay. */
  public void stop(boolean kill) {
    new ProcessStop(container.handle(), cell.settings().deadlines().stopGrace())
        .run(table.running(), kill);
  }

  /** Tells clients that still wait that the container is gone. */
  public void close() {
    table
        .running()
        .forEach(process -> process.close("container " + container.handle() + " is gone"));
  }
}
