package io.gardencell.emulator;

import io.gardencell.emulator.posix.PipeLoop;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProcess;
import io.gardencell.hcs.HostProvider;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the emulated host, {@code --host emulated}: two threads, whatever the number of processes.
 * Fails with an {@link io.gardencell.hcs.HcsException} when its directory cannot be used.
 */
public final class EmulatedHostProvider implements HostProvider {

  private static final Logger log = LoggerFactory.getLogger(EmulatedHostProvider.class);
  private static final long WATCH_MILLIS = 50;

  @Override
  public String name() {
    return "emulated";
  }

  @Override
  public boolean isDefaultHere() {
    return !System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
  }

  @Override
  public Host open(HostOptions options) {
    try {
      StateDirectory state = new StateDirectory(options.dataDir().resolve("emulator"));
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
      EmulatedCompute compute = new EmulatedCompute(state, volumes, hns, quota, loop, timer);
      timer.scheduleWithFixedDelay(
          () -> watch(compute), WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
      ProcessTable table = new ProcessTable();
      return new Host(
          name(),
          "emulated host on "
              + System.getProperty("os.name")
              + ": local processes and directories, NOTHING IS ISOLATED",
          false,
          compute,
          pid ->
              table
                  .find(pid)
                  .map(
                      e ->
                          new HostProcess(
                              pid,
                              ProcessHandle.of(pid)
                                  .flatMap(p -> p.info().startInstant())
                                  .map(java.nio.file.attribute.FileTime::from)
                                  .map(EmulatedLayerFiles::fileTime)
                                  .orElse(0L),
                              !e.zombie())),
          volumes,
          hns,
          hns,
          hns,
          new EmulatedScratchLayers(state, quota, new LayerMerge(), compute),
          new EmulatedLayerImport(),
          new EmulatedLayerFiles(),
          quota,
          () -> {
            timer.shutdownNow();
            loop.close();
          });
    } catch (IOException e) {
      throw Failures.of("open emulated host", options.dataDir().toString(), e);
    }
  }

  // Outermost frame of the watching thread: a failure of one round must not end the rounds.
  @SuppressWarnings("checkstyle:IllegalCatch")
  private static void watch(EmulatedCompute compute) {
    try {
      compute.watch();
    } catch (RuntimeException e) {
      log.atWarn().setCause(e).log("watching of systems failed, will retry");
    }
  }
}
