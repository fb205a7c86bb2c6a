package io.gardencell.emulator.compute;

import io.gardencell.emulator.network.EmulatedEndpoints;
import io.gardencell.emulator.posix.PipeLoop;
import io.gardencell.emulator.state.Failures;
import io.gardencell.emulator.state.StateDirectory;
import io.gardencell.emulator.volume.EmulatedQuota;
import io.gardencell.emulator.volume.EmulatedVolumes;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.HostCompute;
import io.gardencell.hcs.SystemExit;
import io.gardencell.hcs.document.ModifyRequest;
import io.gardencell.hcs.document.PropertyType;
import io.gardencell.hcs.document.SystemDocument;
import io.gardencell.hcs.document.SystemProperties;
import io.gardencell.hcs.document.SystemQuery;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compute systems as records, and sets of local processes. Any thread, but for {@link #watch},
 * which one thread calls.
 */
public final class EmulatedCompute implements HostCompute {

  private static final Logger log = LoggerFactory.getLogger(EmulatedCompute.class);

  private final SystemStore store;
  private final SystemResources resources;
  private final SystemHandles handles;
  private final SystemStatistics statistics;
  private final ProcessHandles processHandles;
  private final SystemProcesses processes;
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
    this.resources = new SystemResources(volumes, endpoints);
    this.handles = new SystemHandles(store);
    this.processHandles = new ProcessHandles(store, loop, table);
    this.statistics = new SystemStatistics(store, table);
    this.end = new SystemEnd(store, resources, table, loop, processHandles, handles, timer);
    this.processes =
        new SystemProcesses(
            store, resources, quota, new ProcessLauncher(state, loop, table), processHandles, end);
    this.watch = new SystemWatch(store, resources, quota, table, end);
    store.sweep();
    store.ofEarlierBoots().forEach(end::remove);
    processHandles.adopt();
    timer.execute(() -> store.all().stream().filter(SystemRecord::ending).forEach(this::finishEnd));
  }

  private void finishEnd(SystemRecord system) {
    end.end(system, new SystemExit(0, ""));
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
        .change(
            () -> {
              if (store.find(id).isPresent()) {
                throw new HcsException(function, id, HcsErrors.SYSTEM_ALREADY_EXISTS);
              }
              try {
                resources.add(fresh, function);
                store.add(fresh);
              } catch (IOException e) {
                end.remove(fresh);
                throw Failures.of(function, id, e);
              } catch (HcsException e) {
                end.remove(fresh);
                throw e;
              }
            });
    log.atInfo().addKeyValue("system", id).log("system created");
    return handles.open(this, fresh);
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

  /** Processes of systems. */
  SystemProcesses processes() {
    return processes;
  }

  /** How systems end. */
  SystemEnd end() {
    return end;
  }

  void start(SystemRecord opened) {
    String function = "HcsStartComputeSystem";
    store
        .state()
        .change(
            () -> {
              SystemRecord now = store.current(opened, function);
              if (!now.state().equals(SystemRecord.CREATED)) {
                throw new HcsException(function, now.id(), HcsErrors.INVALID_STATE);
              }
              store.write(now.withState(SystemRecord.RUNNING));
            });
  }

  SystemProperties properties(SystemRecord opened, PropertyType... types) {
    SystemRecord now = store.current(opened, "HcsGetComputeSystemProperties");
    return statistics.properties(now, Arrays.asList(types), () -> resources.traffic(now));
  }

  void modify(SystemRecord opened, ModifyRequest request) {
    String function = "HcsModifyComputeSystem";
    store
        .state()
        .change(
            () -> {
              resources.modify(store.running(opened, function), request, function);
            });
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
