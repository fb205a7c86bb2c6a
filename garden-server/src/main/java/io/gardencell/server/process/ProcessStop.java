package io.gardencell.server.process;

import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.server.cell.Failures;
import io.gardencell.server.stream.RunningProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Ends processes of one container, gracefully or not, within a bound. One thread. */
final class ProcessStop {

  private final Handle handle;
  private final Duration grace;

  /**
   * A stop.
   *
   * @param grace how long those that were asked may take to end, and how long those that were
   *     killed are waited for
   */
  ProcessStop(Handle handle, Duration grace) {
    this.handle = handle;
    this.grace = grace;
  }

  /** Asks all first, unless {@code kill}, and kills those that stay. */
  void run(List<RunningProcess> all, boolean kill) {
    if (!kill) {
      awaitExits(asked(all));
    }
    Failures failures = new Failures();
    for (RunningProcess process : all) {
      if (!process.hasExited()) {
        failures.attempt(process::kill);
      }
    }
    if (!awaitExits(all)) {
      failures.add("processes of " + handle + " did not end");
    }
    if (!failures.isEmpty()) {
      throw GardenException.failure("stop: " + String.join("; ", failures.texts()));
    }
  }

  /** Asks all; one that cannot be asked is killed later, the others are still asked. */
  private static List<RunningProcess> asked(List<RunningProcess> all) {
    List<RunningProcess> asked = new ArrayList<>();
    for (RunningProcess process : all) {
      new Failures()
          .attempt(
              () -> {
                if (process.terminate()) {
                  asked.add(process);
                }
              });
    }
    return asked;
  }

  private boolean awaitExits(List<RunningProcess> processes) {
    CompletableFuture<?>[] exits =
        processes.stream()
            .map(p -> p.exited().handle((code, failure) -> true))
            .toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(exits).get(grace.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
