package io.gardencell.server.gardener;

import io.gardencell.api.GardenException;
import io.gardencell.server.cell.HostCalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does the work of the start, several jobs at a time. The start waits for one round; what failed is
 * tried again in the background, what hangs goes on there (guardian: gardener/gardener.go, 30
 * attempts). The threads end with the work.
 */
final class StartJobs implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(StartJobs.class);
  private static final int THREADS = 8;
  private static final int ATTEMPTS = 30;

  private final Duration patience;
  private final Duration pause;
  private final ThreadPoolExecutor pool;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * Some work.
   *
   * @param attempt throws a {@link GardenException} to be tried again
   * @param givenUp what to do after the last failure
   */
  record Job(String name, Runnable attempt, Runnable givenUp) {}

  private record Begun(Job job, Future<?> result) {}

  /**
   * Makes the threads when they are needed.
   *
   * @param patience how long the start waits for one list of jobs
   * @param pause between two rounds
   */
  StartJobs(Duration patience, Duration pause) {
    this.patience = patience;
    this.pause = pause;
    AtomicInteger count = new AtomicInteger();
    pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "start-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
  }

  /** Does the lists one after the other, and leaves what did not succeed to the background. */
  void run(List<List<Job>> lists) {
    List<Begun> open = new ArrayList<>();
    for (List<Job> jobs : lists) {
      open.addAll(await(jobs.stream().map(this::begin).toList(), 1));
    }
    if (!open.isEmpty()) {
      Thread retries = new Thread(() -> retry(open), "start-retries");
      retries.setDaemon(true);
      retries.start();
    }
  }

  private Begun begin(Job job) {
    return new Begun(job, pool.submit(job.attempt()));
  }

  /** Waits for a round; those that failed or did not end yet. */
  private List<Begun> await(List<Begun> round, int attempt) {
    long end = System.nanoTime() + patience.toNanos();
    List<Begun> open = new ArrayList<>();
    for (Begun begun : round) {
      if (!succeeds(begun, end, attempt)) {
        open.add(begun);
      }
    }
    return open;
  }

  private static boolean succeeds(Begun begun, long end, int attempt) {
    String name = begun.job().name();
    try {
      begun.result().get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      log.atInfo().addKeyValue("step", name).log("start step finished");
      return true;
    } catch (TimeoutException e) {
      log.atWarn().addKeyValue("step", name).log("start step does not end, goes on meanwhile");
    } catch (ExecutionException e) {
      log.atError()
          .addKeyValue("step", name)
          .addKeyValue("attempt", attempt)
          .addKeyValue("reason", HostCalls.failure(name, e).getMessage())
          .log("start step failed");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  private void retry(List<Begun> first) {
    List<Begun> open = first;
    for (int attempt = 2; attempt <= ATTEMPTS && !open.isEmpty() && pause(); attempt++) {
      List<Begun> round = new ArrayList<>();
      for (Begun begun : open) {
        try {
          round.add(begun.result().isDone() ? begin(begun.job()) : begun);
        } catch (RejectedExecutionException e) {
          return;
        }
      }
      open = await(round, attempt);
    }
    if (closed.getCount() > 0) {
      open.forEach(begun -> giveUp(begun.job()));
    }
  }

  private boolean pause() {
    try {
      return !closed.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void giveUp(Job job) {
    log.atError()
        .addKeyValue("step", job.name())
        .addKeyValue("attempts", ATTEMPTS)
        .log("start step given up");
    job.givenUp().run();
  }

  /** Begins nothing new; what runs goes on by itself. */
  @Override
  public void close() {
    closed.countDown();
    pool.shutdown();
  }
}
