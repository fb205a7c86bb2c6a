package io.gardencell.server.cell;

import io.gardencell.api.GardenException;
import io.gardencell.server.log.LogSession;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs operations that call the host on threads of their own, so that one that hangs takes nothing
 * but its thread: whoever waits gets an error when the deadline passes, and the operation undoes
 * itself when it comes back. Samples of figures and chores of ended processes have threads apart
 * and queue for them, so that neither can use up what operations need. The threads are daemons and
 * do not hold up the end of the program.
 */
public final class HostCalls implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(HostCalls.class);
  private static final int CHORES = 8;
  private static final int MOST_WAITING = 100_000;
  private static final long CLOSE_SECONDS = 5;

  private final ThreadPoolExecutor operations;
  private final ThreadPoolExecutor samples;
  private final ThreadPoolExecutor chores;

  public HostCalls(int most) {
    operations = pool("host-call", 0, most, new SynchronousQueue<>());
    samples = queueing("metrics", Math.max(2, most / 8));
    chores = queueing("chore", CHORES);
  }

  private static ThreadPoolExecutor queueing(String name, int most) {
    ThreadPoolExecutor pool = pool(name, most, most, new LinkedBlockingQueue<>(MOST_WAITING));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  private static ThreadPoolExecutor pool(
      String name, int least, int most, BlockingQueue<Runnable> queue) {
    AtomicInteger count = new AtomicInteger();
    return new ThreadPoolExecutor(
        least,
        most,
        10,
        TimeUnit.SECONDS,
        queue,
        task -> {
          Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }

  /** An operation; it calls {@link Attempt#commit} before it makes its result final. */
  @FunctionalInterface
  public interface Operation<T> {
    T run(Attempt attempt);
  }

  /** One run of an operation: either it commits or its caller gives it up, never both. */
  public static final class Attempt {

    private enum State {
      OPEN,
      COMMITTED,
      GIVEN_UP
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
    private final String name;

    Attempt(String name) {
      this.name = name;
    }

    /** Makes the result final; fails if nobody waits for it any more. */
    public void commit() {
      if (!state.compareAndSet(State.OPEN, State.COMMITTED)) {
        throw GardenException.failure(name + ": came too late");
      }
    }

    /** Fails if nobody waits any more: nothing need be begun. */
    public void requireWanted() {
      if (state.get() == State.GIVEN_UP) {
        throw GardenException.failure(name + ": came too late");
      }
    }

    private boolean giveUp() {
      return state.compareAndSet(State.OPEN, State.GIVEN_UP);
    }
  }

  /** Runs an operation and waits for it. */
  public <T> T call(String name, Duration deadline, Operation<T> operation) {
    return call(name, deadline, operation, () -> {});
  }

  /** The same; {@code rejected} runs if the operation will not, for want of threads. */
  public <T> T call(String name, Duration deadline, Operation<T> operation, Runnable rejected) {
    Attempt attempt = new Attempt(name);
    Future<T> result;
    try {
      result = operations.submit(LogSession.carry(() -> operation.run(attempt)));
    } catch (RejectedExecutionException e) {
      rejected.run();
      throw refusal(name);
    }
    try {
      return await(name, result, deadline);
    } catch (TimeoutException e) {
      if (attempt.giveUp()) {
        log.atError().addKeyValue("operation", name).log("deadline passed, given up");
        throw noAnswer(name, deadline, e);
      }
      return committed(name, result);
    } finally {
      attempt.giveUp();
    }
  }

  /** After the commit only our own files are touched, so this does not wait long. */
  private static <T> T committed(String name, Future<T> result) {
    try {
      return result.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw GardenException.failure(name + ": interrupted", e);
    } catch (ExecutionException e) {
      throw failure(name, e);
    }
  }

  /** Waits for a result; what went wrong is told as what {@code name} failed of. */
  public static <T> T await(String name, Future<T> result, Duration patience)
      throws TimeoutException {
    try {
      return result.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw GardenException.failure(name + ": interrupted", e);
    } catch (ExecutionException e) {
      throw failure(name, e);
    }
  }

  /** Where figures are sampled; what is too much is rejected. */
  public Executor samples() {
    return samples;
  }

  /** Where one cleans up after processes; what is too much is rejected. */
  public Executor chores() {
    return chores;
  }

  private GardenException refusal(String name) {
    return new GardenException.ServiceUnavailable(
        operations.isShutdown()
            ? name + ": the server is stopping"
            : "%s: %d host calls are in progress".formatted(name, operations.getPoolSize()));
  }

  public static GardenException noAnswer(String name, Duration patience, TimeoutException e) {
    return GardenException.failure(
        "%s: no answer from the host within %d ms".formatted(name, patience.toMillis()), e);
  }

  public static GardenException failure(String name, ExecutionException e) {
    Throwable cause = e.getCause();
    if (cause instanceof GardenException told) {
      return told;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return GardenException.failure(name + ": " + Failures.reason(cause == null ? e : cause), e);
  }

  /**
   * Takes nothing new and waits a while for what is under way. What hangs is left to the end of the
   * program: interrupting it could cut a state file short.
   */
  @Override
  public void close() {
    operations.shutdown();
    samples.shutdown();
    chores.shutdown();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
    try {
      for (ThreadPoolExecutor pool : new ThreadPoolExecutor[] {operations, chores}) {
        if (!pool.awaitTermination(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
          log.atWarn().addKeyValue("calls", pool.getActiveCount()).log("host calls left under way");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
