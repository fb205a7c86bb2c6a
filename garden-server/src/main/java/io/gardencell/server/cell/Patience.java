package io.gardencell.server.cell;

import io.gardencell.api.GardenException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;

/** How long somebody waits at most for others of the same container. Any thread; blocks. */
public record Patience(Duration most) {

  /**
   * Waits until something holds that {@code monitor} guards and announces; whether it does. An
   * interrupted thread waits no longer and stays interrupted.
   */
  public boolean until(Object monitor, BooleanSupplier holds) {
    long end = System.nanoTime() + most.toNanos();
    synchronized (monitor) {
      while (!holds.getAsBoolean()) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          return false;
        }
        try {
          monitor.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return false;
        }
      }
      return true;
    }
  }

  /** Takes a lock; fails with {@code "<what>: <whyNot>"} if its holder keeps it. */
  public void lock(Lock lock, String what, String whyNot) {
    try {
      if (!lock.tryLock(most.toNanos(), TimeUnit.NANOSECONDS)) {
        throw GardenException.failure(what + ": " + whyNot);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw GardenException.failure(what + ": interrupted", e);
    }
  }
}
