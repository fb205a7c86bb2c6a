package io.gardencell.emulator.compute;

import io.gardencell.emulator.network.EmulatedEndpoints;
import io.gardencell.emulator.posix.PipeLoop;
import io.gardencell.emulator.state.Failures;
import io.gardencell.emulator.state.StateDirectory;
import io.gardencell.emulator.volume.EmulatedQuota;
import io.gardencell.emulator.volume.EmulatedVolumes;
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
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compute systems as records, and sets of local processes. Any thread. */
public final class EmulatedCompute implements HostCompute {

  private static final Logger log = LoggerFactory.getLogger(EmulatedCompute.class);

  private final SystemStore store;
  private final EmulatedVolumes volumes;
  private final EmulatedEndpoints endpoints;
  private final EmulatedQuota quota;
  private final SystemHandles handles;
  private final SystemStatistics statistics;
  private final ProcessLauncher launcher;
  private final ProcessHandles processHandles;
  private final SystemEnd end;
  private final SystemWatch watch;

  /**
   * Systems of a state directory; those whose end was begun and not finished, or that were left by
   * an earlier boot of the machine, are ended now.
   */
  public EmulatedCompute(
      StateDirectory state,
      EmulatedVolumes volumes,
      EmulatedEndpoints endpoints,
      EmulatedQuota quota,
      PipeLoop loop,
      ScheduledExecutorService timer)
      throws IOException {
    ProcessTable table = new ProcessTable();
    this.store = new SystemStore(state, table);
    this.volumes = volumes;
    this.endpoints = endpoints;
    this.quota = quota;
    this.handles = new SystemHandles(store);
    this.launcher = new ProcessLauncher(state, loop, table);
    this.processHandles = new ProcessHandles(store, loop, table);
    this.statistics = new SystemStatistics(store, table);
    this.end = new SystemEnd(store, volumes, endpoints, table, processHandles, handles, timer);
    this.watch = new SystemWatch(store, volumes, quota, table, end);
    store.sweep();
    store.ofEarlierBoots().forEach(end::remove);
    processHandles.adopt();
    timer.execute(() -> store.all().stream().filter(SystemRecord::ending).forEach(this::finishEnd));
  }

  private void finishEnd(SystemRecord system) {
    end.end(system, new SystemExit(0, ""));
  }

  private SystemRecord current(SystemRecord opened, String function) {
    return store
        .again(opened)
        .filter(s -> !s.ending())
        .orElseThrow(
            () -> new HcsException(function, opened.id(), HcsErrors.SYSTEM_ALREADY_STOPPED));
  }

  private SystemRecord running(SystemRecord opened, String function) {
    SystemRecord now = current(opened, function);
    if (!now.isRunning()) {
      throw new HcsException(function, now.id(), HcsErrors.INVALID_STATE);
    }
    return now;
  }

  @Override
  public List<SystemProperties> enumerate(SystemQuery query) {
    return store.all().stream()
        .filter(s -> matches(query.ids(), s.id()))
        .filter(s -> matches(query.types(), s.document().systemType()))
        .filter(s -> matches(query.names(), s.document().name()))
        .filter(s -> matches(query.owners(), s.document().owner()))
        .map(SystemStatistics::basics)
        .toList();
  }

  private static boolean matches(List<String> any, String value) {
    return any.isEmpty() || any.contains(value);
  }

  /** Whether a system has this volume, given with its backslash. */
  public boolean usesVolume(String name) {
    return store.all().stream()
        .map(s -> s.document().volumePath())
        .anyMatch(v -> v.equals(name) || (v + "\\").equals(name));
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
    Instant now = Instant.now();
    SystemRecord fresh =
        new SystemRecord(
            id,
            document,
            SystemRecord.CREATED,
            UUID.randomUUID().toString(),
            now.toString(),
            now.toEpochMilli(),
            store.bootId(),
            false);
    store
        .state()
        .locked(
            () -> {
              if (store.find(id).isPresent()) {
                throw new HcsException(function, id, HcsErrors.SYSTEM_ALREADY_EXISTS);
              }
              try {
                make(fresh, function);
              } catch (IOException e) {
                end.remove(fresh);
                throw Failures.of(function, id, e);
              } catch (HcsException e) {
                end.remove(fresh);
                throw e;
              }
              return null;
            });
    log.atInfo().addKeyValue("system", id).log("system created");
    return handles.open(this, fresh);
  }

  private void make(SystemRecord fresh, String function) throws IOException {
    Path volume = volumes.directory(fresh.document().volumePath(), function);
    for (MappedDirectory mapped : fresh.document().mappedDirectories()) {
      MappedDirectories.map(volume, mapped, function);
    }
    for (String endpoint : fresh.document().endpointList()) {
      changeEndpoint(endpoint, fresh.id(), true, function);
    }
    store.add(fresh);
  }

  @Override
  public ComputeSystem open(String id) {
    return handles.open(
        this,
        store
            .find(id)
            .orElseThrow(
                () -> new HcsException("HcsOpenComputeSystem", id, HcsErrors.SYSTEM_NOT_FOUND)));
  }

  void forget(EmulatedSystem handle) {
    handles.forget(handle);
  }

  void start(SystemRecord opened) {
    String function = "HcsStartComputeSystem";
    store
        .state()
        .locked(
            () -> {
              SystemRecord now = current(opened, function);
              if (!now.state().equals(SystemRecord.CREATED)) {
                throw new HcsException(function, now.id(), HcsErrors.INVALID_STATE);
              }
              store.write(now.withState(SystemRecord.RUNNING));
              return null;
            });
  }

  SystemProperties properties(SystemRecord opened, PropertyType... types) {
    SystemRecord now = current(opened, "HcsGetComputeSystemProperties");
    return statistics.properties(now, Arrays.asList(types), () -> endpoints.statisticsOf(now.id()));
  }

  void modify(SystemRecord opened, ModifyRequest request) {
    String function = "HcsModifyComputeSystem";
    store
        .state()
        .locked(
            () -> {
              change(running(opened, function), request, function);
              return null;
            });
  }

  private void change(SystemRecord now, ModifyRequest request, String function) {
    String kind = request.resourceType() + "/" + request.requestType();
    if (kind.equals("Network/Add") || kind.equals("Network/Remove")) {
      changeEndpoint(String.valueOf(request.settings()), now.id(), kind.endsWith("Add"), function);
    } else if (kind.equals("MappedDirectory/Add")
        && request.settings() instanceof MappedDirectory mapped) {
      try {
        MappedDirectories.map(
            volumes.directory(now.document().volumePath(), function), mapped, function);
      } catch (IOException e) {
        throw Failures.of(function, now.id(), e);
      }
    } else {
      throw new HcsException(function, kind, HcsErrors.NOT_SUPPORTED);
    }
  }

  /** HCS tells only a code where HNS refuses. */
  private void changeEndpoint(String endpoint, String system, boolean add, String function) {
    try {
      if (add) {
        endpoints.attach(endpoint, system);
      } else {
        endpoints.detach(endpoint, system);
      }
    } catch (HcsException refused) {
      HcsException failure = new HcsException(function, endpoint, refused.code());
      failure.initCause(refused);
      throw failure;
    }
  }

  ComputeProcess createProcess(SystemRecord opened, ProcessDocument document) {
    String function = "HcsCreateProcess";
    SystemRecord now = running(opened, function);
    Path volume = volumes.directory(now.document().volumePath(), function);
    try {
      Path home =
          launcher.launch(now, store.processesOf(now), volume, document, quota.fileBlocks(volume));
      ProcessRecord made =
          store
              .process(home)
              .orElseThrow(
                  () -> new HcsException(function, now.id(), HcsErrors.SYSTEM_ALREADY_STOPPED));
      current(opened, function);
      return processHandles.open(home, made);
    } catch (HcsException failed) {
      if (store.again(opened).filter(s -> !s.ending()).isEmpty()) {
        // The system ended meanwhile, and its end may not have seen the new process.
        end.killMembers(now);
        throw new HcsException(function, now.id(), HcsErrors.SYSTEM_ALREADY_STOPPED);
      }
      throw failed;
    }
  }

  ComputeProcess openProcess(SystemRecord opened, long pid) {
    String function = "HcsOpenProcess";
    SystemRecord now = current(opened, function);
    return store.processes(now).entrySet().stream()
        .filter(e -> e.getValue().pid() == pid)
        .max(Comparator.comparingLong(e -> e.getValue().createdMillis()))
        .map(e -> processHandles.open(e.getKey(), e.getValue()))
        .orElseThrow(() -> new HcsException(function, String.valueOf(pid), HcsErrors.NOT_FOUND));
  }

  boolean shutdown(SystemRecord opened) {
    return end.shutdown(opened);
  }

  boolean terminate(SystemRecord opened) {
    return end.end(opened, new SystemExit(0, ""));
  }

  /**
   * Holds systems to their limits, tells of those that others ended, and clears up after ended
   * processes; to be called many times a second.
   */
  public void watch() {
    handles.watch();
    watch.watch();
    processHandles.watch();
  }
}
