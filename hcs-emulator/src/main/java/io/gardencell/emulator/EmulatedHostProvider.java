package io.gardencell.emulator;

import io.gardencell.emulator.compute.EmulatedCompute;
import io.gardencell.emulator.compute.ProcessTable;
import io.gardencell.emulator.network.EmulatedHns;
import io.gardencell.emulator.posix.PipeLoop;
import io.gardencell.emulator.posix.Posix;
import io.gardencell.emulator.state.Failures;
import io.gardencell.emulator.state.Presence;
import io.gardencell.emulator.state.StateDirectory;
import io.gardencell.emulator.volume.EmulatedLayerFiles;
import io.gardencell.emulator.volume.EmulatedQuota;
import io.gardencell.emulator.volume.EmulatedStorage;
import io.gardencell.emulator.volume.EmulatedVolumes;
import io.gardencell.emulator.volume.FileTimes;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProcess;
import io.gardencell.hcs.HostProcesses;
import io.gardencell.hcs.HostProvider;
import java.io.IOException;
import java.nio.file.attribute.FileTime;
import java.util.Locale;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the emulated host, {@code --host emulated}: one thread for all pipes, one that watches, one
 * for all forwarded ports, and a few that copy files and end when idle, whatever the number of
 * processes. Fails with an {@link io.gardencell.hcs.HcsException} when its directory cannot be
 * used.
 */
public final class EmulatedHostProvider implements HostProvider {

  private static final Logger log = LoggerFactory.getLogger(EmulatedHostProvider.class);
  private static final long WATCH_MILLIS = 50;
  private static final long WATCH_NETWORK_MILLIS = 1_000;

  @Override
  public String name() {
    return "emulated";
  }

  @Override
  public boolean isDefaultHere() {
    return !System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
  }

  @Override
  public boolean isErrorTerminal() {
    return Posix.isTerminal(2);
  }

  @Override
  public Host open(HostOptions options) {
    try {
      StateDirectory state = new StateDirectory(options.dataDir().resolve("emulator"));
      Presence presence = Presence.in(state);
      PipeLoop loop = new PipeLoop(state.root());
      ScheduledThreadPoolExecutor timer =
          new ScheduledThreadPoolExecutor(
              1,
              task -> {
                Thread thread = new Thread(task, "emulator-watch");
                thread.setDaemon(true);
                return thread;
              });
      EmulatedVolumes volumes = new EmulatedVolumes(state);
      EmulatedQuota quota = new EmulatedQuota(state, volumes);
      EmulatedHns hns = new EmulatedHns(state);
      EmulatedCompute compute =
          new EmulatedCompute(state, volumes, hns.endpoints(), quota, loop, timer);
      EmulatedStorage storage = new EmulatedStorage(state, quota, compute::usesVolume);
      repeat(timer, compute::watch, WATCH_MILLIS);
      repeat(timer, hns::watch, WATCH_NETWORK_MILLIS);
      return new Host(
          name(),
          "emulated host on "
              + System.getProperty("os.name")
              + ": local processes and directories, NOTHING IS ISOLATED",
          0,
          false,
          compute,
          processes(),
          volumes,
          hns.networks(),
          hns.endpoints(),
          hns.interfaces(),
          storage.scratchLayers(),
          storage.layerImport(),
          new EmulatedLayerFiles(),
          quota,
          () -> {
            timer.shutdownNow();
            hns.close();
            storage.close();
            loop.close();
            presence.close();
          });
    } catch (IOException e) {
      throw Failures.of("open emulated host", options.dataDir().toString(), e);
    }
  }

  private static HostProcesses processes() {
    ProcessTable table = new ProcessTable();
    return pid ->
        table
            .find(pid)
            .map(
                e ->
                    new HostProcess(
                        pid,
                        ProcessHandle.of(pid)
                            .flatMap(p -> p.info().startInstant())
                            .map(FileTime::from)
                            .map(FileTimes::of)
                            .orElse(0L),
                        !e.zombie()));
  }

  private static void repeat(ScheduledThreadPoolExecutor timer, Runnable round, long millis) {
    AtomicBoolean failing = new AtomicBoolean();
    timer.scheduleWithFixedDelay(
        () -> guarded(round, failing), millis, millis, TimeUnit.MILLISECONDS);
  }

  // Outermost frame of the watching thread: a failure of one round must not end the rounds, nor
  // fill the log.
  @SuppressWarnings("checkstyle:IllegalCatch")
  private static void guarded(Runnable round, AtomicBoolean failing) {
    try {
      round.run();
      failing.set(false);
    } catch (RuntimeException e) {
      if (failing.compareAndSet(false, true)) {
        log.atWarn().setCause(e).log("watching failed, will retry");
      }
    }
  }
}
