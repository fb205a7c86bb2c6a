package io.gardencell.network;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries again what could not be done for some containers, with pauses that double up to {@link
 * #LONGEST}. Any thread; the attempts share one thread, which there is only while something waits.
 */
final class Retries implements AutoCloseable {

  static final Duration LONGEST = Duration.ofMinutes(5);

  private static final Logger log = LoggerFactory.getLogger(Retries.class);

  private final Duration first;
  private final BooleanSupplier isPossible;
  private final ScheduledThreadPoolExecutor timer;
  private final Map<String, Runnable> waiting = new LinkedHashMap<>();
  private Duration pause;
  private @Nullable ScheduledFuture<?> next;

  /**
   * Retries of one plugin.
   *
   * @param first the first pause
   * @param isPossible whether an attempt makes sense now; otherwise it waits for the next time
   */
  Retries(Duration first, BooleanSupplier isPossible) {
    this.first = first;
    this.pause = first;
    this.isPossible = isPossible;
    this.timer = new ScheduledThreadPoolExecutor(1, Retries::thread);
    timer.setKeepAliveTime(first.multipliedBy(2).toNanos(), TimeUnit.NANOSECONDS);
    timer.allowCoreThreadTimeOut(true);
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "network-retries");
    thread.setDaemon(true);
    return thread;
  }

  /** Tries an attempt for a handle until it does not throw; a later one takes its place. */
  synchronized void add(String handle, Runnable attempt) {
    waiting.put(handle, attempt);
    pause = first;
    schedule();
  }

  private void schedule() {
    ScheduledFuture<?> before = next;
    if (before != null) {
      before.cancel(false);
    }
    if (!waiting.isEmpty() && !timer.isShutdown()) {
      next = timer.schedule(this::run, pause.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void run() {
    Map<String, Runnable> now;
    synchronized (this) {
      now = new LinkedHashMap<>(waiting);
      Duration doubled = pause.multipliedBy(2);
      pause = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    }
    now.forEach(
        (handle, attempt) -> {
          if (isPossible.getAsBoolean() && isDone(handle, attempt)) {
            synchronized (this) {
              waiting.remove(handle, attempt);
            }
          }
        });
    synchronized (this) {
      schedule();
    }
  }

  /** The outermost frame of an attempt: whatever it throws, the others have their turn. */
  @SuppressWarnings("checkstyle:IllegalCatch")
  private static boolean isDone(String handle, Runnable attempt) {
    try {
      attempt.run();
      log.atInfo().addKeyValue("handle", handle).log("network of a container in order now");
      return true;
    } catch (HcsException | GardenException failed) {
      log.atDebug()
          .addKeyValue("handle", handle)
          .setCause(failed)
          .log("network of a container still not in order");
      return false;
    } catch (RuntimeException broken) {
      log.atError()
          .addKeyValue("handle", handle)
          .setCause(broken)
          .log("network of a container cannot be put in order");
      return false;
    }
  }

  /** What waits stays as it is. */
  @Override
  public void close() {
    timer.shutdown();
  }
}
