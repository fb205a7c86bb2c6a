package io.gardencell.network;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsException;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes to containers, one at a time for each, also those of other processes; what one could not
 * remove is noted and removed later. Any thread; blocks.
 */
final class HandleChanges implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(HandleChanges.class);

  private final HandleLocks locks;
  private final Leftovers leftovers;
  private final Retries retries;
  private final Connector connector;

  HandleChanges(HandleLocks locks, Leftovers leftovers, Retries retries, Connector connector) {
    this.locks = locks;
    this.leftovers = leftovers;
    this.retries = retries;
    this.connector = connector;
  }

  /** Changes a container; fails in the reference's words. */
  <T> T change(String handle, Supplier<T> body) {
    try {
      return HostFailures.worded(() -> locks.locked(handle, body));
    } finally {
      if (leftovers.has(handle)) {
        retryRemoval(handle);
      }
    }
  }

  /** The same without a result. */
  void run(String handle, Runnable body) {
    boolean unused =
        change(
            handle,
            () -> {
              body.run();
              return true;
            });
  }

  /** Does something to a container later and until it succeeds; what is left of it goes first. */
  void retry(String handle, Runnable body) {
    if (leftovers.has(handle)) {
      retryRemoval(handle);
    } else {
      retries.add(handle, () -> unlessBusy(handle, body));
    }
  }

  private void retryRemoval(String handle) {
    retries.add(handle, () -> removeLeftover(handle));
  }

  /**
   * Removes what earlier operations left, also those of other processes, until something cannot be
   * removed; that is logged.
   */
  void removeLeftovers() {
    for (String handle : leftovers.handles()) {
      try {
        removeLeftover(handle);
      } catch (HcsException | GardenException failed) {
        log.atWarn().addKeyValue("handle", handle).setCause(failed).log("endpoint still there");
        return;
      }
    }
  }

  private void removeLeftover(String handle) {
    unlessBusy(
        handle,
        () -> {
          if (leftovers.has(handle)) {
            connector.disconnect(handle);
          }
        });
  }

  private void unlessBusy(String handle, Runnable body) {
    Optional<Boolean> done =
        locks.unlessBusy(
            handle,
            () -> {
              body.run();
              return true;
            });
    if (done.isEmpty()) {
      throw GardenException.failure("the network of " + handle + " is being changed");
    }
  }

  /** Ends the retries; what is left over is noted for the next start. */
  @Override
  public void close() {
    retries.close();
  }
}
