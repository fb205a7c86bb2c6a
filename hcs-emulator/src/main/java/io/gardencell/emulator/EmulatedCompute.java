package io.gardencell.emulator;

import io.gardencell.emulator.posix.PipeLoop;
import io.gardencell.emulator.posix.Posix;
import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.HostCompute;
import io.gardencell.hcs.SystemExit;
import io.gardencell.hcs.document.MappedDirectory;
import io.gardencell.hcs.document.ModifyRequest;
import io.gardencell.hcs.document.ProcessDocument;
import io.gardencell.hcs.document.PropertyType;
import io.gardencell.hcs.document.SystemDocument;
import io.gardencell.hcs.document.SystemProperties;
import io.gardencell.hcs.document.SystemQuery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compute systems as directories of records, and sets of local processes. Any thread. */
final class EmulatedCompute implements HostCompute {

  private static final Logger log = LoggerFactory.getLogger(EmulatedCompute.class);
  private static final int SHUTDOWN_ROUNDS = 100;

  private final StateDirectory state;
  private final EmulatedVolumes volumes;
  private final EmulatedHns hns;
  private final EmulatedQuota quota;
  private final PipeLoop loop;
  private final ScheduledExecutorService timer;
  private final ProcessTable table = new ProcessTable();
  private final SystemStatistics statistics = new SystemStatistics(table);
  private final ProcessLauncher launcher;
  private final String bootId = ProcessTable.bootId();
  private final Set<EmulatedSystem> handles = ConcurrentHashMap.newKeySet();

  EmulatedCompute(
      StateDirectory state,
      EmulatedVolumes volumes,
      EmulatedHns hns,
      EmulatedQuota quota,
      PipeLoop loop,
      ScheduledExecutorService timer)
      throws IOException {
    this.state = state;
    this.volumes = volumes;
    this.hns = hns;
    this.quota = quota;
    this.loop = loop;
    this.timer = timer;
    this.launcher = new ProcessLauncher(state, loop, table);
  }

  private Path directory(String id) {
    UUID name = UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8));
    return state.root().resolve("systems").resolve(name.toString());
  }

  private Optional<SystemRecord> find(Path directory) {
    Optional<SystemRecord> found = state.read(directory.resolve("system.json"), SystemRecord.class);
    if (found.isPresent() && !found.get().bootId().equals(bootId)) {
      log.atInfo().addKeyValue("system", found.get().id()).log("system ended with the machine");
      state.locked(
          () -> {
            remove(found.get());
            return null;
          });
      return Optional.empty();
    }
    return found;
  }

  List<SystemRecord> systems() {
    return StateDirectory.list(state.root().resolve("systems")).stream()
        .flatMap(d -> find(d).stream())
        .toList();
  }

  private SystemRecord current(SystemRecord opened, String function, int goneCode) {
    return find(directory(opened.id()))
        .filter(s -> s.marker().equals(opened.marker()))
        .orElseThrow(() -> new HcsException(function, opened.id(), goneCode));
  }

  @Override
  public List<SystemProperties> enumerate(SystemQuery query) {
    return systems().stream()
        .filter(s -> matches(query.ids(), s.id()))
        .filter(s -> matches(query.types(), s.document().systemType()))
        .filter(s -> matches(query.names(), s.document().name()))
        .filter(s -> matches(query.owners(), s.document().owner()))
        .map(s -> SystemStatistics.basics(s))
        .toList();
  }

  private static boolean matches(List<String> any, String value) {
    return any.isEmpty() || any.contains(value);
  }

  @Override
  public ComputeSystem create(String id, SystemDocument document, Duration timeout) {
    String function = "HcsCreateComputeSystem";
    if (id.isEmpty()) {
      throw new HcsException(function, id, HcsErrors.INVALID_PARAMETER);
    }
    if (!document.systemType().equals("Container")) {
      throw new HcsException(function, id, HcsErrors.INVALID_JSON);
    }
    SystemRecord made =
        state.locked(
            () -> {
              if (find(directory(id)).isPresent()) {
                throw new HcsException(function, id, HcsErrors.SYSTEM_ALREADY_EXISTS);
              }
              Path volume = volumes.directory(document.volumePath(), function);
              Instant now = Instant.now();
              SystemRecord fresh =
                  new SystemRecord(
                      id,
                      document,
                      SystemRecord.CREATED,
                      UUID.randomUUID().toString(),
                      now.toString(),
                      now.toEpochMilli(),
                      bootId);
              try {
                for (MappedDirectory mapped : document.mappedDirectories()) {
                  map(volume, mapped, function);
                }
                for (String endpoint : document.endpointList()) {
                  hns.attach(endpoint, id);
                }
                Files.createDirectories(directory(id).resolve("p"));
                state.write(directory(id).resolve("system.json"), fresh);
              } catch (IOException e) {
                remove(fresh);
                throw Failures.of(function, id, e);
              } catch (HcsException e) {
                remove(fresh);
                throw e;
              }
              return fresh;
            });
    log.atInfo().addKeyValue("system", id).log("system created");
    return handle(made);
  }

  private void map(Path volume, MappedDirectory mapped, String function) throws IOException {
    Path host = Path.of(mapped.hostPath());
    if (!Files.isDirectory(host)) {
      throw new HcsException(function, mapped.hostPath(), HcsErrors.PATH_NOT_FOUND);
    }
    Path inside = new ContainerRoot(volume).resolve(mapped.containerPath());
    if (inside.equals(volume)) {
      throw new HcsException(function, mapped.containerPath(), HcsErrors.INVALID_PARAMETER);
    }
    if (inside.getParent() != null) {
      Files.createDirectories(inside.getParent());
    }
    if (Files.isDirectory(inside, LinkOption.NOFOLLOW_LINKS)) {
      Files.delete(inside);
    } else {
      Files.deleteIfExists(inside);
    }
    Files.createSymbolicLink(inside, host);
    if (mapped.readOnly()) {
      log.atDebug()
          .addKeyValue("directory", mapped.containerPath())
          .log("read-only mapping is not enforced by the emulated host");
    }
  }

  @Override
  public ComputeSystem open(String id) {
    return handle(
        find(directory(id))
            .orElseThrow(
                () -> new HcsException("HcsOpenComputeSystem", id, HcsErrors.SYSTEM_NOT_FOUND)));
  }

  private EmulatedSystem handle(SystemRecord system) {
    EmulatedSystem handle = new EmulatedSystem(this, system);
    handles.add(handle);
    return handle;
  }

  void forget(EmulatedSystem handle) {
    handles.remove(handle);
  }

  void start(SystemRecord opened) {
    String function = "HcsStartComputeSystem";
    state.locked(
        () -> {
          SystemRecord now = current(opened, function, HcsErrors.SYSTEM_ALREADY_STOPPED);
          if (!now.state().equals(SystemRecord.CREATED)) {
            throw new HcsException(function, now.id(), HcsErrors.INVALID_STATE);
          }
          state.write(
              directory(now.id()).resolve("system.json"), now.withState(SystemRecord.RUNNING));
          return null;
        });
  }

  SystemProperties properties(SystemRecord opened, PropertyType... types) {
    SystemRecord now =
        current(opened, "HcsGetComputeSystemProperties", HcsErrors.SYSTEM_ALREADY_STOPPED);
    return statistics.properties(
        now, processes(now), Arrays.asList(types), hns.statisticsOf(now.id()));
  }

  void modify(SystemRecord opened, ModifyRequest request) {
    String function = "HcsModifyComputeSystem";
    state.locked(
        () -> {
          SystemRecord now = current(opened, function, HcsErrors.SYSTEM_ALREADY_STOPPED);
          if (!now.state().equals(SystemRecord.RUNNING)) {
            throw new HcsException(function, now.id(), HcsErrors.INVALID_STATE);
          }
          String kind = request.resourceType() + "/" + request.requestType();
          if (kind.equals("Network/Add") || kind.equals("Network/Remove")) {
            changeNetwork(
                String.valueOf(request.settings()), now.id(), kind.endsWith("Add"), function);
          } else if (kind.equals("MappedDirectory/Add")
              && request.settings() instanceof MappedDirectory mapped) {
            try {
              map(volumes.directory(now.document().volumePath(), function), mapped, function);
            } catch (IOException e) {
              throw Failures.of(function, now.id(), e);
            }
          } else {
            throw new HcsException(function, kind, HcsErrors.NOT_SUPPORTED);
          }
          return null;
        });
  }

  /** HCS tells only a code where HNS refuses. */
  private void changeNetwork(String endpoint, String system, boolean add, String function) {
    try {
      if (add) {
        hns.attach(endpoint, system);
      } else {
        hns.detach(endpoint, system);
      }
    } catch (HcsException refused) {
      HcsException failure = new HcsException(function, endpoint, refused.code());
      failure.initCause(refused);
      throw failure;
    }
  }

  ComputeProcess createProcess(SystemRecord opened, ProcessDocument document) {
    String function = "HcsCreateProcess";
    SystemRecord now = current(opened, function, HcsErrors.SYSTEM_ALREADY_STOPPED);
    if (!now.state().equals(SystemRecord.RUNNING)) {
      throw new HcsException(function, now.id(), HcsErrors.INVALID_STATE);
    }
    Path volume = volumes.directory(now.document().volumePath(), function);
    Path home =
        launcher.launch(now, directory(now.id()), volume, document, quota.fileBlocks(volume));
    ProcessRecord made =
        state
            .read(ProcessRecord.file(home), ProcessRecord.class)
            .orElseThrow(() -> new HcsException(function, now.id(), HcsErrors.INVALID_STATE));
    if (find(directory(now.id())).filter(s -> s.marker().equals(now.marker())).isEmpty()) {
      killAll(now.marker(), Map.of(home, made));
      throw new HcsException(function, now.id(), HcsErrors.SYSTEM_ALREADY_STOPPED);
    }
    return new EmulatedProcess(home, made, loop, table);
  }

  ComputeProcess openProcess(SystemRecord opened, long pid) {
    String function = "HcsOpenProcess";
    SystemRecord now = current(opened, function, HcsErrors.SYSTEM_ALREADY_STOPPED);
    return processes(now).entrySet().stream()
        .filter(e -> e.getValue().pid() == pid)
        .max(java.util.Comparator.comparingLong(e -> e.getValue().createdMillis()))
        .map(e -> new EmulatedProcess(e.getKey(), e.getValue(), loop, table))
        .orElseThrow(() -> new HcsException(function, String.valueOf(pid), HcsErrors.NOT_FOUND));
  }

  Map<Path, ProcessRecord> processes(SystemRecord system) {
    Map<Path, ProcessRecord> all = new HashMap<>();
    for (Path home : StateDirectory.list(directory(system.id()).resolve("p"))) {
      state.read(ProcessRecord.file(home), ProcessRecord.class).ifPresent(p -> all.put(home, p));
    }
    return all;
  }

  List<ProcessTable.Entry> members(SystemRecord system) {
    return table.membersOf(system.marker(), SystemStatistics.roots(processes(system)));
  }

  void shutdown(SystemRecord opened) {
    SystemRecord now =
        find(directory(opened.id())).filter(s -> s.marker().equals(opened.marker())).orElse(null);
    if (now == null) {
      complete(opened, new SystemExit(0, ""));
      return;
    }
    processes(now).forEach((home, process) -> EmulatedProcess.signal(home, process, table));
    for (ProcessTable.Entry member : members(now)) {
      Posix.kill(member.pid(), Posix.SIGTERM);
    }
    awaitShutdown(now, SHUTDOWN_ROUNDS);
  }

  private void awaitShutdown(SystemRecord system, int rounds) {
    timer.schedule(
        () -> {
          if (rounds == 0 || members(system).isEmpty()) {
            end(system, new SystemExit(0, ""));
          } else {
            awaitShutdown(system, rounds - 1);
          }
        },
        rounds == SHUTDOWN_ROUNDS ? 20 : 100,
        TimeUnit.MILLISECONDS);
  }

  /** Ends all processes and removes the system; one that is gone is no failure. */
  void end(SystemRecord opened, SystemExit exit) {
    SystemRecord now =
        find(directory(opened.id())).filter(s -> s.marker().equals(opened.marker())).orElse(null);
    if (now != null) {
      Map<Path, ProcessRecord> all = processes(now);
      killAll(now.marker(), all);
      state.locked(
          () -> {
            if (find(directory(now.id()))
                .filter(s -> s.marker().equals(now.marker()))
                .isPresent()) {
              // A process that was created meanwhile goes too.
              killAll(now.marker(), processes(now));
              remove(now);
            }
            return null;
          });
      log.atInfo()
          .addKeyValue("system", now.id())
          .addKeyValue("status", exit.status())
          .addKeyValue("event", exit.event())
          .log("system ended");
    }
    complete(opened, exit);
  }

  private void killAll(String marker, Map<Path, ProcessRecord> processes) {
    Map<Long, String> roots = SystemStatistics.roots(processes);
    processes.forEach((home, process) -> EmulatedProcess.terminate(home, process, table));
    // Whoever was forked while we looked is found in the next round.
    for (int round = 0; round < 200; round++) {
      List<ProcessTable.Entry> left = table.membersOf(marker, roots);
      if (left.isEmpty()) {
        break;
      }
      left.forEach(member -> Posix.kill(member.pid(), Posix.SIGKILL));
      Thread.onSpinWait();
    }
    processes.forEach(
        (home, process) -> {
          // Only after the exit code is on disk; a supervisor without one answers TERMINATED.
          for (int i = 0; i < 2_000 && !Files.exists(home.resolve("exit")); i++) {
            if (!table.isAlive(process.supervisor(), process.supervisorStart())) {
              break;
            }
            java.util.concurrent.locks.LockSupport.parkNanos(500_000);
          }
          if (table.isAlive(process.supervisor(), process.supervisorStart())) {
            Posix.kill(process.supervisor(), Posix.SIGKILL);
          }
        });
  }

  private void remove(SystemRecord system) {
    try {
      Path volume = volumes.directory(system.document().volumePath(), "HcsTerminate");
      for (MappedDirectory mapped : system.document().mappedDirectories()) {
        Path inside = new ContainerRoot(volume).resolve(mapped.containerPath());
        if (Files.isSymbolicLink(inside)) {
          Files.delete(inside);
        }
      }
    } catch (IOException | HcsException e) {
      log.atWarn().addKeyValue("system", system.id()).setCause(e).log("mapping not removed");
    }
    hns.detachAll(system.id());
    try {
      // Its record goes first: from then on the system does not exist.
      Files.deleteIfExists(directory(system.id()).resolve("system.json"));
      StateDirectory.removeTree(directory(system.id()));
    } catch (IOException e) {
      log.atWarn().addKeyValue("system", system.id()).setCause(e).log("state not removed");
    }
  }

  private void complete(SystemRecord system, SystemExit exit) {
    for (EmulatedSystem handle : handles) {
      if (handle.marker().equals(system.marker())) {
        handle.exited().complete(exit);
      }
    }
  }

  /** Ends systems past their memory, and tells handles of systems that another process ended. */
  void watch() {
    for (EmulatedSystem handle : handles) {
      if (!Files.exists(directory(handle.id()).resolve("system.json"))
          && !handle.exited().isDone()) {
        handle.exited().complete(new SystemExit(0, ""));
      }
    }
    for (SystemRecord system : systems()) {
      long limit = system.document().memoryMaximumInMb() * 1024 * 1024;
      if (limit > 0 && system.state().equals(SystemRecord.RUNNING)) {
        long used =
            members(system).stream().mapToLong(m -> ProcessTable.privateBytes(m.pid())).sum();
        if (used > limit) {
          end(system, new SystemExit(HcsErrors.UNEXPECTED_EXIT, "Out of memory"));
        }
      }
      quota
          .exceeded(system.document().volumePath())
          .ifPresent(
              used -> {
                log.atWarn()
                    .addKeyValue("system", system.id())
                    .addKeyValue("bytes", used)
                    .log("Disk quota exceeded");
                stopWriters(system);
              });
    }
  }

  /** All processes but the first, the init. */
  private void stopWriters(SystemRecord system) {
    Map<Path, ProcessRecord> all = processes(system);
    long first = all.values().stream().mapToLong(ProcessRecord::createdMillis).min().orElse(0);
    long init =
        all.values().stream()
            .filter(p -> p.createdMillis() == first)
            .mapToLong(ProcessRecord::pid)
            .findFirst()
            .orElse(0);
    Path volume = volumes.directory(system.document().volumePath(), "quota");
    for (ProcessTable.Entry member : members(system)) {
      if (member.pid() != init && EmulatedQuota.mayWrite(member.pid(), volume)) {
        Posix.kill(member.pid(), Posix.SIGKILL);
      }
    }
  }
}
