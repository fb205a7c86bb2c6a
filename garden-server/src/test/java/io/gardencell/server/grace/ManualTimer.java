package io.gardencell.server.grace;

import io.netty.util.Timeout;
import io.netty.util.Timer;
import io.netty.util.TimerTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A timer whose time passes only when a test says so; tasks run on the thread that says it. */
public final class ManualTimer implements Timer {

  private final PriorityQueue<Due> waiting = new PriorityQueue<>(Comparator.comparing(Due::at));
  private long now;

  @Override
  public synchronized Timeout newTimeout(TimerTask task, long delay, TimeUnit unit) {
    Due due = new Due(this, task, now + unit.toNanos(delay));
    waiting.add(due);
    return due;
  }

  /** Lets time pass, and what is due happen, in order. */
  public void advance(Duration time) throws Exception {
    List<Due> due = new ArrayList<>();
    synchronized (this) {
      now += time.toNanos();
      while (!waiting.isEmpty() && waiting.peek().at() <= now) {
        due.add(waiting.poll());
      }
    }
    for (Due task : due) {
      task.task().run(task);
    }
  }

  @Override
  public Set<Timeout> stop() {
    return Set.of();
  }

  /** How many tasks wait for their time. */
  public synchronized int pending() {
    return waiting.size();
  }

  private synchronized boolean remove(Due due) {
    return waiting.remove(due);
  }

  private record Due(ManualTimer timer, TimerTask task, long at) implements Timeout {

    @Override
    public boolean isExpired() {
      return false;
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public boolean cancel() {
      return timer.remove(this);
    }
  }
}
