package io.gardencell.server.process;

import io.gardencell.api.GardenException;
import io.gardencell.api.ImageRef;
import io.gardencell.api.ProcessSpec;
import io.gardencell.api.oci.OciProcess;
import io.gardencell.api.spi.ContainerProcess;
import io.gardencell.api.spi.ImageRequest;
import io.gardencell.api.spi.RootFilesystem;
import io.gardencell.server.cell.Bundles;
import io.gardencell.server.cell.Cell;
import io.gardencell.server.cell.Failures;
import io.gardencell.server.cell.Patience;
import io.gardencell.server.depot.ProcessFiles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A container's processes with images of their own, which are compute systems and volumes under the
 * process's id (guardian: rundmc/peas). Any thread; blocks.
 */
final class Sidecars {

  private final Cell cell;
  private final String handle;
  private final ProcessFiles files;

  /** Removals of one container run one at a time: the end of a process and destroy may meet. */
  private final ReentrantLock removing = new ReentrantLock();

  private final Set<String> present = ConcurrentHashMap.newKeySet();

  /** Of these one cannot tell yet what there will be; guarded by itself. */
  private final Set<String> starting = new HashSet<>();

  Sidecars(Cell cell, String handle, ProcessFiles files) {
    this.cell = cell;
    this.handle = handle;
    this.files = files;
  }

  /** Takes the id for a sidecar of this container; nobody else in the cell may have it. */
  void claim(String id) {
    if (!cell.names().take(id)) {
      throw GardenException.failure("process ID '" + id + "' already in use");
    }
    present.add(id);
  }

  /** Takes the id for one whose start begins; it cannot be removed before {@link #end}. */
  void begin(String id) {
    synchronized (starting) {
      claim(id);
      starting.add(id);
    }
  }

  /** The start has ended, well or not. */
  void end(String id) {
    synchronized (starting) {
      starting.remove(id);
      starting.notifyAll();
    }
  }

  /** Makes the volume and the system and starts the process; the caller removes what is left. */
  ContainerProcess start(String id, ProcessSpec spec) {
    String user = user(spec.user());
    ImageRef image = spec.image();
    RootFilesystem rootfs =
        cell.plugins()
            .image()
            .create(
                new ImageRequest(id, image.uri(), image.username(), image.password(), 0, false));
    List<String> env = new ArrayList<>(rootfs.env());
    env.addAll(spec.env());
    OciProcess process = Bundles.process(spec, env, spec.dir().isEmpty() ? "/" : spec.dir(), user);
    files.writeConfig(id, cell.bundles().sidecar(handle, rootfs, process, spec));
    return cell.plugins().runtime().runSidecar(files.directory(id));
  }

  /**
   * The name of a user. Numbers are meant for Linux; those of the superuser are the image's default
   * user, others are passed on and refused by Windows, which knows no such name.
   */
  static String user(String user) {
    if (user.indexOf(':') >= 0 && !user.matches("[0-9]{1,10}:[0-9]{1,10}")) {
      throw GardenException.failure("parse-user: '" + user + "' is not a valid uid:gid");
    }
    return user.equals("0:0") ? "" : user;
  }

  /** Removes what there is of a claimed sidecar and frees its id; can be repeated. */
  void remove(String id) {
    lock(id);
    try {
      // Somebody was first, and the name may belong to another container by now.
      if (!present.contains(id)) {
        return;
      }
      Failures failures = new Failures();
      if (failures.attempt(() -> cell.plugins().runtime().delete(id))) {
        failures.attempt(() -> cell.plugins().image().delete(id));
      }
      failures.orThrow();
      files.remove(id);
      present.remove(id);
      cell.names().giveBack(id);
    } finally {
      removing.unlock();
    }
  }

  /** Removes all; every one is tried, but one whose start hangs is left to its start. */
  void removeAll() {
    Set<String> hanging = awaitStarts(cell.settings().deadlines().stopGrace());
    Failures failures = new Failures();
    for (String id : List.copyOf(present)) {
      if (hanging.contains(id)) {
        failures.add("process " + id + " is still being started");
      } else {
        failures.attempt(() -> remove(id));
      }
    }
    failures.orThrow();
  }

  private Set<String> awaitStarts(Duration patience) {
    synchronized (starting) {
      boolean unused = new Patience(patience).until(starting, starting::isEmpty);
      return Set.copyOf(starting);
    }
  }

  private void lock(String id) {
    new Patience(cell.settings().deadlines().destroy())
        .lock(removing, "process " + id, "its clean-up does not end");
  }
}
