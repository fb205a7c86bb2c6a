package io.gardencell.runtime;

import io.gardencell.api.GardenException;
import io.gardencell.api.oci.OciWindows;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.PropertyType;
import io.gardencell.hcs.document.Statistics;
import io.gardencell.runtime.bundle.Bundle;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out why a process ended with a failure: HCS tells nobody that a container has reached its
 * memory limit, allocations in it just fail. So the exit code is looked at, and else whether the
 * container has ever had nearly all that it may have. Any thread.
 */
final class OutOfMemory {

  private static final Logger log = LoggerFactory.getLogger(OutOfMemory.class);

  /** STATUS_NO_MEMORY, STATUS_COMMITMENT_LIMIT, E_OUTOFMEMORY, ERROR_COMMITMENT_LIMIT. */
  private static final Set<Long> CODES = Set.of(0xC0000017L, 0xC000012DL, 0x8007000EL, 0x800705AFL);

  /** What is too little for a usual allocation: this part of the limit. */
  private static final int MARGIN = 16;

  /** The exit must be told soon, whatever the host does. */
  private static final long PATIENCE_MILLIS = 1000;

  private final LiveSystems systems;
  private final StateDirectory files;
  private final ContainerEvents events;
  private final Executor questions;
  private final Executor answers;

  /**
   * Finds out.
   *
   * @param questions where the host is asked, which may hang there
   * @param answers where those who wait for the end go on
   */
  OutOfMemory(
      LiveSystems systems,
      StateDirectory files,
      ContainerEvents events,
      Executor questions,
      Executor answers) {
    this.systems = systems;
    this.files = files;
    this.events = events;
    this.questions = questions;
    this.answers = answers;
  }

  /** Tells of it if it was so, and then gives the exit code. */
  CompletableFuture<Long> ended(String handle, long code) {
    if (CODES.contains(code)) {
      events.outOfMemory(handle);
    }
    if (code == 0 || CODES.contains(code)) {
      return CompletableFuture.completedFuture(code);
    }
    try {
      return CompletableFuture.supplyAsync(() -> wasAtLimit(handle), questions)
          .completeOnTimeout(false, PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
          .thenApplyAsync(
              atLimit -> {
                if (atLimit) {
                  events.outOfMemory(handle);
                }
                return code;
              },
              answers);
    } catch (RejectedExecutionException tooMany) {
      return CompletableFuture.completedFuture(code);
    }
  }

  private boolean wasAtLimit(String handle) {
    try {
      long limit = limit(handle);
      if (limit == 0) {
        return false;
      }
      Statistics statistics = systems.get(handle).properties(PropertyType.STATISTICS).statistics();
      return statistics != null && statistics.memory().commitPeakBytes() >= limit - limit / MARGIN;
    } catch (GardenException | HcsException gone) {
      log.atDebug().addKeyValue("handle", handle).setCause(gone).log("memory not known");
      return false;
    }
  }

  /** In bytes; 0 for none. */
  private long limit(String handle) {
    Bundle bundle = Bundle.load(Path.of(files.read(handle).bundle()), handle);
    OciWindows windows = bundle.spec().windows();
    return windows == null || windows.resources() == null || windows.resources().memory() == null
        ? 0
        : windows.resources().memory().limit().longValue();
  }
}
