package io.gardencell.server.gardener;

import io.gardencell.api.GardenException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
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
 * itself when it comes back. The threads are daemons and do not hold up the end of the program.
 */
final class HostCalls implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(HostCalls.class);

  private final ThreadPoolExecutor pool;

  HostCalls(int most) {
    AtomicInteger count = new AtomicInteger();
    pool =
        new ThreadPoolExecutor(
            0,
            most,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              Thread thread = new Thread(task, "host-call-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /** An operation; it calls {@link Attempt#commit} before it makes its result final. */
  @FunctionalInterface
  interface Operation<T> {
    T run(Attempt attempt);
  }

  /** One run of an operation: either it commits or its caller gives it up, never both. */
  static final class Attempt {

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

    void commit() {
      if (!state.compareAndSet(State.OPEN, State.COMMITTED)) {
        throw GardenException.failure(name + ": came too late");
      }
    }

    private boolean giveUp() {
      return state.compareAndSet(State.OPEN, State.GIVEN_UP);
    }
  }

  /** Runs an operation and waits for it. */
  <T> T call(String name, Duration deadline, Operation<T> operation) {
    Attempt attempt = new Attempt(name);
    Future<T> result = submit(name, () -> operation.run(attempt));
    try {
      return result.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      if (attempt.giveUp()) {
        log.atError().addKeyValue("operation", name).log("deadline passed, given up");
        throw GardenException.failure(
            "%s: no answer from the host within %d ms".formatted(name, deadline.toMillis()), e);
      }
      return committed(name, result);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      attempt.giveUp();
      throw GardenException.failure(name + ": interrupted", e);
    } catch (ExecutionException e) {
      throw failure(name, e);
    }
  }

  /** After the commit only memory is touched, so this does not wait long. */
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

  <T> Future<T> submit(String name, java.util.concurrent.Callable<T> task) {
    try {
      return pool.submit(task);
    } catch (RejectedExecutionException e) {
      throw new GardenException.ServiceUnavailable(
          "%s: %d host calls are in progress".formatted(name, pool.getPoolSize()));
    }
  }

  static GardenException failure(String name, ExecutionException e) {
    Throwable cause = e.getCause();
    if (cause instanceof GardenException told) {
      return told;
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return GardenException.failure(name + ": " + text(cause == null ? e : cause), e);
  }

  static String text(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.toString() : message;
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
