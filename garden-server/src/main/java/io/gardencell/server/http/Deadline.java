package io.gardencell.server.http;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One moment at which something is over, which moves with almost every request: a timer is set anew
 * only when the moment comes closer or the old timer fires early. Event loop only.
 */
final class Deadline {

  private static final long NEVER = Long.MAX_VALUE;

  private final EventExecutor loop;
  private final Runnable passed;
  private @Nullable ScheduledFuture<?> timer;
  private long timerNanos = NEVER;
  private long nanos = NEVER;

  Deadline(EventExecutor loop, Runnable passed) {
    this.loop = loop;
    this.passed = passed;
  }

  /** Counts from now; a bound of zero is none. */
  void in(Duration bound) {
    if (bound.isZero()) {
      clear();
      return;
    }
    nanos = System.nanoTime() + bound.toNanos();
    if (timer == null || nanos - timerNanos < 0) {
      schedule();
    }
  }

  /** Nothing is awaited now. */
  void clear() {
    nanos = NEVER;
  }

  /** The end of its use. */
  void cancel() {
    clear();
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void schedule() {
    if (timer != null) {
      timer.cancel(false);
    }
    timerNanos = nanos;
    long wait = Math.max(0, nanos - System.nanoTime());
    timer = loop.schedule(this::fired, wait, TimeUnit.NANOSECONDS);
  }

  private void fired() {
    timer = null;
    if (nanos == NEVER) {
      return;
    }
    if (nanos - System.nanoTime() <= 0) {
      passed.run();
    } else {
      schedule();
    }
  }
}
