package io.gardencell.server.http;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * One bounded pool for each {@link Lane}, with a bounded queue; beyond it calls are rejected. Idle
 * threads go. Any thread.
 */
public final class Lanes implements AutoCloseable {

  private final Map<Lane, ThreadPoolExecutor> pools = new EnumMap<>(Lane.class);

  /** Makes the pools with the threads and queues that the settings name. */
  public Lanes(ServerSettings settings) {
    for (Lane lane : Lane.values()) {
      ThreadPoolExecutor pool =
          new ThreadPoolExecutor(
              settings.threads(lane),
              settings.threads(lane),
              30,
              TimeUnit.SECONDS,
              new LinkedBlockingQueue<>(settings.waitingCalls()),
              new DefaultThreadFactory("garden-" + lane.name().toLowerCase(Locale.ROOT)));
      pool.allowCoreThreadTimeOut(true);
      pools.put(lane, pool);
    }
  }

  /** The threads of a lane. */
  public ExecutorService of(Lane lane) {
    return pool(lane);
  }

  /** Calls of a lane that wait for a thread. */
  public int waiting(Lane lane) {
    return pool(lane).getQueue().size();
  }

  /** Calls of a lane that are being made. */
  public int active(Lane lane) {
    return pool(lane).getActiveCount();
  }

  private ThreadPoolExecutor pool(Lane lane) {
    ThreadPoolExecutor pool = pools.get(lane);
    if (pool == null) {
      throw new IllegalStateException("no pool for " + lane);
    }
    return pool;
  }

  /** Interrupts what runs and forgets what waits. */
  @Override
  public void close() {
    pools.values().forEach(ThreadPoolExecutor::shutdownNow);
  }
}
