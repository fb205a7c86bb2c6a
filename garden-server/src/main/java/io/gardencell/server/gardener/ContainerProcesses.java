package io.gardencell.server.gardener;

import io.gardencell.api.GardenException;
import io.gardencell.api.ImageRef;
import io.gardencell.api.ProcessId;
import io.gardencell.api.ProcessSpec;
import io.gardencell.api.oci.OciJson;
import io.gardencell.api.oci.OciProcess;
import io.gardencell.api.spi.ContainerProcess;
import io.gardencell.api.spi.ContainerState;
import io.gardencell.api.spi.ImageRequest;
import io.gardencell.api.spi.RootFilesystem;
import io.gardencell.server.files.ContainerPath;
import io.gardencell.server.files.ContainerRoot;
import io.gardencell.server.gardener.HostCalls.Attempt;
import io.gardencell.server.gardener.SavedContainer.SavedProcess;
import io.gardencell.server.stream.RunningProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The processes of one container (guardian: rundmc/execrunner). Any thread; blocks. */
final class ContainerProcesses {

  private static final Logger log = LoggerFactory.getLogger(ContainerProcesses.class);
  private static final String DEFAULT_USER = "ContainerAdministrator";

  private final Cell cell;
  private final LiveContainer container;
  private final ConcurrentMap<String, CompletableFuture<RunningProcess>> table =
      new ConcurrentHashMap<>();

  ContainerProcesses(Cell cell, LiveContainer container) {
    this.cell = cell;
    this.container = container;
  }

  RunningProcess run(ProcessSpec spec, Attempt attempt) {
    boolean sidecar = !spec.image().isEmpty();
    if (!sidecar && spec.bindMounts() != null) {
      throw GardenException.failure(
          "Running a process with bind mounts and no image provided is not allowed");
    }
    String id = spec.id().isEmpty() ? ProcessId.random().value() : new ProcessId(spec.id()).value();
    CompletableFuture<RunningProcess> slot = new CompletableFuture<>();
    if (table.size() >= cell.settings().bounds().processes()) {
      throw GardenException.failure(
          "processes: %d are running (expected: at most %d)"
              .formatted(table.size(), cell.settings().bounds().processes()));
    }
    if (table.putIfAbsent(key(id), slot) != null) {
      throw GardenException.failure("process ID '" + id + "' already in use");
    }
    Undo undo = new Undo();
    undo.push(() -> table.remove(key(id), slot));
    boolean done = false;
    try {
      ContainerProcess process = sidecar ? startSidecar(id, spec, undo) : start(spec, undo);
      remember(new SavedProcess(id, process.pid(), sidecar), undo);
      attempt.commit();
      RunningProcess running = follow(id, process, sidecar, slot);
      done = true;
      return running;
    } finally {
      if (!done) {
        List<String> failures = undo.run();
        if (!failures.isEmpty()) {
          log.atError()
              .addKeyValue("handle", container.handle())
              .addKeyValue("process", id)
              .addKeyValue("failures", failures)
              .log("failed process start not undone");
        }
      }
    }
  }

  private ContainerProcess start(ProcessSpec spec, Undo undo) {
    String user = spec.user().isEmpty() ? DEFAULT_USER : spec.user();
    String directory = spec.dir().isEmpty() ? "C:\\Users\\" + user : spec.dir();
    try {
      new ContainerRoot(root()).makeDirectory(ContainerPath.ofDirectory(directory));
    } catch (IOException e) {
      throw GardenException.failure("working directory " + directory + ": " + reason(e), e);
    }
    List<String> env = new ArrayList<>(container.saved().env());
    env.addAll(spec.env());
    ContainerProcess process =
        cell.plugins()
            .runtime()
            .run(container.handle().value(), Bundles.process(spec, env, directory, spec.user()));
    undo.push(
        () -> {
          process.kill();
          process.close();
        });
    return process;
  }

  private ContainerProcess startSidecar(String id, ProcessSpec spec, Undo undo) {
    String user = sidecarUser(spec.user());
    ImageRef image = spec.image();
    Path bundle = cell.states().bundle(container.handle().value()).resolve("processes").resolve(id);
    undo.push(() -> removeSidecar(id));
    // Known before anything is made, so that a start after a crash finds it.
    remember(new SavedProcess(id, 0, true), undo);
    RootFilesystem rootfs =
        cell.plugins()
            .image()
            .create(
                new ImageRequest(id, image.uri(), image.username(), image.password(), 0, false));
    List<String> env = new ArrayList<>(rootfs.env());
    env.addAll(spec.env());
    OciProcess process = Bundles.process(spec, env, spec.dir().isEmpty() ? "/" : spec.dir(), user);
    StateFiles.writeText(
        bundle.resolve("config.json"),
        OciJson.write(cell.bundles().sidecar(container.handle().value(), rootfs, process, spec))
            + "\n");
    return cell.plugins().runtime().runSidecar(bundle);
  }

  static String sidecarUser(String user) {
    int colon = user.indexOf(':');
    if (colon >= 0 && !user.matches("[0-9]{1,10}:[0-9]{1,10}")) {
      throw GardenException.failure("parse-user: '" + user + "' is not a valid uid:gid");
    }
    return colon >= 0 ? "" : user;
  }

  private void removeSidecar(String id) {
    List<String> failures = new ArrayList<>();
    Undo.attempt(() -> cell.plugins().runtime().delete(id), failures);
    Undo.attempt(() -> cell.plugins().image().delete(id), failures);
    if (!failures.isEmpty()) {
      throw GardenException.failure(Undo.text(failures));
    }
    StateFiles.removeTree(
        cell.states().bundle(container.handle().value()).resolve("processes").resolve(id));
  }

  /** Removes what sidecars of an earlier life may have left. */
  void removeSidecars() {
    List<String> failures = new ArrayList<>();
    for (SavedProcess process : container.saved().processes()) {
      if (process.sidecar()) {
        Undo.attempt(() -> removeSidecar(process.id()), failures);
      }
    }
    if (!failures.isEmpty()) {
      throw GardenException.failure(Undo.text(failures));
    }
  }

  private void remember(SavedProcess process, Undo undo) {
    undo.push(() -> forget(process.id()));
    container.update(
        saved -> {
          List<SavedProcess> processes = new ArrayList<>(saved.processes());
          processes.removeIf(p -> key(p.id()).equals(key(process.id())));
          processes.add(process);
          return saved.withProcesses(processes);
        });
  }

  private void forget(String id) {
    container.update(
        saved ->
            saved.withProcesses(
                saved.processes().stream().filter(p -> !key(p.id()).equals(key(id))).toList()));
  }

  private RunningProcess follow(
      String id,
      ContainerProcess process,
      boolean sidecar,
      CompletableFuture<RunningProcess> slot) {
    RunningProcess running = cell.streams().start(container.handle().value(), id, process);
    slot.complete(running);
    var unused =
        running
            .exited()
            .whenComplete(
                (code, failure) -> {
                  if (!sidecar) {
                    table.remove(key(id), slot);
                  }
                  later(id, sidecar, slot);
                });
    return running;
  }

  private void later(String id, boolean sidecar, CompletableFuture<RunningProcess> slot) {
    try {
      var unused =
          cell.calls()
              .submit(
                  "clean up process " + id,
                  () -> {
                    ended(id, sidecar, slot);
                    return true;
                  });
    } catch (GardenException.ServiceUnavailable e) {
      table.remove(key(id), slot);
      log.atWarn().addKeyValue("process", id).setCause(e).log("ended process not forgotten");
    }
  }

  private void ended(String id, boolean sidecar, CompletableFuture<RunningProcess> slot) {
    try {
      if (sidecar) {
        removeSidecar(id);
      }
      // The id may be in use again.
      if (sidecar || !table.containsKey(key(id))) {
        forget(id);
      }
    } catch (GardenException.ContainerNotFound e) {
      log.atDebug().addKeyValue("process", id).log("container went before its process");
    } catch (GardenException e) {
      log.atWarn()
          .addKeyValue("handle", container.handle())
          .addKeyValue("process", id)
          .setCause(e)
          .log("ended process not cleaned up");
    } finally {
      table.remove(key(id), slot);
    }
  }

  RunningProcess attach(String id) {
    CompletableFuture<RunningProcess> slot = table.get(key(id));
    RunningProcess running = slot == null || !slot.isDone() ? null : slot.getNow(null);
    if (running == null || running.hasExited()) {
      throw new GardenException.ProcessNotFound(id);
    }
    return running;
  }

  /** Takes up the processes of an earlier daemon; those that ended are forgotten. */
  void adopt() {
    for (SavedProcess process : container.saved().processes()) {
      String owner = process.sidecar() ? process.id() : container.handle().value();
      Optional<ContainerProcess> found = cell.plugins().runtime().attach(owner, process.pid());
      if (found.isPresent()) {
        CompletableFuture<RunningProcess> slot = new CompletableFuture<>();
        table.put(key(process.id()), slot);
        follow(process.id(), found.get(), process.sidecar(), slot);
      } else if (process.sidecar()) {
        removeSidecar(process.id());
        forget(process.id());
      } else {
        forget(process.id());
      }
    }
  }

  List<RunningProcess> running() {
    return table.values().stream()
        .filter(CompletableFuture::isDone)
        .map(CompletableFuture::join)
        .filter(p -> !p.hasExited())
        .toList();
  }

  List<String> ids() {
    return running().stream().map(RunningProcess::id).sorted().toList();
  }

  /** Ends all processes: asks first unless {@code kill}, and kills those that stay. */
  void stop(boolean kill) {
    List<RunningProcess> all = running();
    if (!kill) {
      List<RunningProcess> asked = all.stream().filter(RunningProcess::terminate).toList();
      awaitExits(asked, cell.settings().deadlines().stopGrace());
    }
    List<String> failures = new ArrayList<>();
    for (RunningProcess process : all) {
      if (!process.hasExited()) {
        Undo.attempt(process::kill, failures);
      }
    }
    if (!awaitExits(all, cell.settings().deadlines().stopGrace())) {
      failures.add("processes of " + container.handle() + " did not end");
    }
    if (!failures.isEmpty()) {
      throw GardenException.failure("stop: " + String.join("; ", failures));
    }
  }

  private static boolean awaitExits(List<RunningProcess> processes, Duration patience) {
    CompletableFuture<?>[] exits =
        processes.stream()
            .map(p -> p.exited().handle((code, failure) -> true))
            .toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(exits).get(patience.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Tells clients that still wait that the container is gone. */
  void close() {
    running().forEach(process -> process.close("container " + container.handle() + " is gone"));
    table.clear();
  }

  private Path root() {
    ContainerState state = container.runtime();
    if (state == null) {
      throw GardenException.failure("container init process is not running");
    }
    return state.root();
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private static String key(String id) {
    return id.toLowerCase(Locale.ROOT);
  }
}
