package io.gardencell.server.grace;

import io.gardencell.api.Handle;
import io.gardencell.server.log.LogSession;
import io.netty.util.Timeout;
import io.netty.util.Timer;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One countdown per container (garden: server/bomberman, server/timebomb), all on one wheel. A
 * countdown is held while requests use the container and starts over when the last one ends; it
 * reaps only if it finds nobody holding. Any thread; nothing blocks.
 */
public final class GraceTimers {

  private static final Logger log = LoggerFactory.getLogger(GraceTimers.class);

  private final Timer timer;
  private final Executor workers;
  private final Reaper reaper;
  private final Duration leastRetry;
  private final ConcurrentMap<Handle, Countdown> countdowns = new ConcurrentHashMap<>();

  /** Destroys a container whose time is over; may block. */
  @FunctionalInterface
  public interface Reaper {

    /**
     * Destroys through the path of DELETE.
     *
     * @return false if a destroy is in progress already
     */
    boolean reap(Handle handle);
  }

  /** Reaps on {@code workers}; a failed reap is tried again, not before {@code leastRetry}. */
  public GraceTimers(Timer timer, Executor workers, Reaper reaper, Duration leastRetry) {
    this.timer = timer;
    this.workers = workers;
    this.reaper = reaper;
    this.leastRetry = leastRetry;
  }

  /** Begins the countdown of a container; zero or less never ends. */
  public void arm(Handle handle, Duration graceTime) {
    countdowns.computeIfAbsent(handle, Countdown::new).set(graceTime);
  }

  /** The container is gone. */
  public void forget(Handle handle) {
    Countdown gone = countdowns.remove(handle);
    if (gone != null) {
      gone.end();
    }
  }

  /**
   * Stops the countdown until what is returned is closed; containers without one are no failure.
   */
  public Hold hold(Handle handle) {
    Countdown countdown = countdowns.get(handle);
    return countdown == null ? () -> {} : countdown.hold();
  }

  /** How many containers have a countdown. */
  public int count() {
    return countdowns.size();
  }

  /** The use of a container by one request. */
  @FunctionalInterface
  public interface Hold extends AutoCloseable {
    @Override
    void close();
  }

  private final class Countdown {

    private final Handle handle;
    private Duration graceTime = Duration.ZERO;
    private int holds;
    private long round;
    private @Nullable Timeout timeout;

    Countdown(Handle handle) {
      this.handle = handle;
    }

    synchronized void set(Duration value) {
      graceTime = value;
      start(value);
    }

    synchronized void end() {
      graceTime = Duration.ZERO;
      start(graceTime);
    }

    synchronized Hold hold() {
      holds++;
      round++;
      return new Hold() {
        private boolean closed;

        @Override
        public void close() {
          synchronized (Countdown.this) {
            if (!closed) {
              closed = true;
              holds--;
              start(graceTime);
            }
          }
        }
      };
    }

    /** Begins anew; what waited until now is taken off the wheel, or uses would pile up there. */
    private void start(Duration delay) {
      long mine = ++round;
      if (timeout != null) {
        timeout.cancel();
        timeout = null;
      }
      if (holds == 0 && !graceTime.isZero() && !graceTime.isNegative()) {
        timeout = timer.newTimeout(due -> fire(mine), delay.toNanos(), TimeUnit.NANOSECONDS);
      }
    }

    private void fire(long mine) {
      try {
        workers.execute(() -> reapIfUnused(mine));
      } catch (RejectedExecutionException e) {
        again(mine);
      }
    }

    // The outermost frame of a reap: whatever failed, it is tried again.
    @SuppressWarnings("checkstyle:IllegalCatch")
    private void reapIfUnused(long mine) {
      synchronized (this) {
        if (mine != round || holds > 0) {
          return;
        }
      }
      try (LogSession session = LogSession.ofServer().with(handle.value())) {
        log.atInfo().log("reaping");
        if (reaper.reap(handle)) {
          log.atInfo().log("reaped");
          return;
        }
      } catch (RuntimeException e) {
        log.atWarn()
            .addKeyValue("handle", handle)
            .setCause(e)
            .log("container not reaped, will retry");
      }
      again(mine);
    }

    private synchronized void again(long mine) {
      if (mine == round) {
        start(graceTime.compareTo(leastRetry) < 0 ? leastRetry : graceTime);
      }
    }
  }
}
