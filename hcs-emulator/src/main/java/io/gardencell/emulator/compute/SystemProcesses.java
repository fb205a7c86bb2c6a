package io.gardencell.emulator.compute;

import io.gardencell.emulator.volume.EmulatedQuota;
import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.ProcessDocument;
import java.nio.file.Path;
import java.util.Comparator;

/** Starts processes in systems and finds them again. Any thread; blocks while one starts. */
final class SystemProcesses {

  private final SystemStore store;
  private final SystemResources resources;
  private final EmulatedQuota quota;
  private final ProcessLauncher launcher;
  private final ProcessHandles handles;
  private final SystemEnd end;

  SystemProcesses(
      SystemStore store,
      SystemResources resources,
      EmulatedQuota quota,
      ProcessLauncher launcher,
      ProcessHandles handles,
      SystemEnd end) {
    this.store = store;
    this.resources = resources;
    this.quota = quota;
    this.launcher = launcher;
    this.handles = handles;
    this.end = end;
  }

  /** Starts one without the state's lock, so the system may end meanwhile, and the process does. */
  ComputeProcess create(SystemRecord opened, ProcessDocument document) {
    String function = "HcsCreateProcess";
    SystemRecord now = store.running(opened, function);
    Path volume = resources.volume(now, function);
    try {
      Path home =
          launcher.launch(now, store.processesOf(now), volume, document, quota.fileBlocks(volume));
      ProcessRecord made =
          store
              .process(home)
              .orElseThrow(
                  () -> new HcsException(function, now.id(), HcsErrors.SYSTEM_ALREADY_STOPPED));
      store.current(opened, function);
      return handles.open(home, made);
    } catch (HcsException failed) {
      if (store.again(opened).filter(s -> !s.ending()).isEmpty()) {
        // Its end may not have seen the new process.
        end.killMembers(now);
        throw new HcsException(function, now.id(), HcsErrors.SYSTEM_ALREADY_STOPPED);
      }
      throw failed;
    }
  }

  /** A handle to the youngest process that has had this pid. */
  ComputeProcess open(SystemRecord opened, long pid) {
    String function = "HcsOpenProcess";
    SystemRecord now = store.current(opened, function);
    return store.processes(now).entrySet().stream()
        .filter(e -> e.getValue().pid() == pid)
        .max(Comparator.comparingLong(e -> e.getValue().createdMillis()))
        .map(e -> handles.open(e.getKey(), e.getValue()))
        .orElseThrow(() -> new HcsException(function, String.valueOf(pid), HcsErrors.NOT_FOUND));
  }
}
