package io.gardencell.runtime;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.HostCompute;
import io.gardencell.hcs.document.SystemProperties;
import io.gardencell.hcs.document.SystemQuery;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a compute system, gracefully and then hard (Source: winc: runtime/container Delete). Any
 * thread; blocks until the system is gone or both waits are over.
 */
final class SystemShutdown {

  private static final Logger log = LoggerFactory.getLogger(SystemShutdown.class);

  private final HostCompute compute;
  private final LiveSystems systems;
  private final RuntimeConfig config;

  SystemShutdown(HostCompute compute, LiveSystems systems, RuntimeConfig config) {
    this.compute = compute;
    this.systems = systems;
    this.config = config;
  }

  /** Ends the system of a handle; one that is gone is no failure. */
  void end(String handle) {
    try {
      end(systems.get(handle));
    } catch (HcsException e) {
      if (!e.isNotFound()) {
        throw Failures.of(e, handle);
      }
    } finally {
      systems.forget(handle);
    }
  }

  private void end(ComputeSystem system) {
    if (isGone(system.id())) {
      return;
    }
    try {
      // Nothing to wait for if it claims to have stopped before: its notification may never come.
      if (hasEnded(system, system.shutdown() ? config.shutdownTimeout() : Duration.ZERO)) {
        return;
      }
      log.atWarn().addKeyValue("handle", system.id()).log("container does not end, terminating it");
    } catch (HcsException e) {
      if (e.isNotFound() || isGone(system.id())) {
        return;
      }
      log.atWarn()
          .addKeyValue("handle", system.id())
          .setCause(e)
          .log("shutdown refused, terminating the container");
    }
    try {
      system.terminate();
    } catch (HcsException e) {
      if (e.isNotFound() || isGone(system.id())) {
        return;
      }
      throw e;
    }
    if (!hasEnded(system, config.terminateTimeout())) {
      throw GardenException.failure(
          "container %s encountered an error during hcsshim::ComputeSystem::Wait: hcsshim: timeout waiting for notification"
              .formatted(system.id()));
    }
  }

  private boolean hasEnded(ComputeSystem system, Duration timeout) {
    CompletableFuture<?> exited = system.exited();
    if (!exited.isDone() && isGone(system.id())) {
      return true;
    }
    try {
      exited.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException late) {
      return isGone(system.id());
    } catch (ExecutionException lost) {
      return isGone(system.id()) || isUnexpectedExit(lost.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return isGone(system.id());
    }
  }

  private static boolean isUnexpectedExit(@Nullable Throwable cause) {
    return cause instanceof HcsException e
        && HcsErrors.normalise(e.code()) == HcsErrors.UNEXPECTED_EXIT;
  }

  private boolean isGone(String handle) {
    List<SystemProperties> found = compute.enumerate(SystemQuery.id(handle));
    return found.isEmpty() || found.stream().allMatch(SystemProperties::hasStopped);
  }
}
