package io.gardencell.network;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.HcsJson;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls to HNS and HCS with a deadline each, and the retries that are worth it (spec: winc-network
 * 17.8). Any thread; each call runs on a thread of its own, which is left behind when the service
 * hangs. So that a service that is gone for good does not cost a thread for every attempt, calls
 * are refused while {@value #MAX_HANGING} of them hang.
 */
final class HostCalls {

  private static final Logger log = LoggerFactory.getLogger(HostCalls.class);
  static final int MAX_HANGING = 32;
  private static final int UNSPECIFIED = 0x80004005;
  private static final Set<Integer> SERVICE_RESTARTS = Set.of(0x15, 0x80070015, 0x6BA, 0x800706BA);
  private static final Duration[] PAUSES = {Duration.ofMillis(100), Duration.ofMillis(300)};

  private final Duration deadline;
  private final StepLog steps;
  private final AtomicInteger hanging = new AtomicInteger();

  HostCalls(Duration deadline, StepLog steps) {
    this.deadline = deadline;
    this.steps = steps;
  }

  /** How many calls have been left behind and have not come back. */
  int hanging() {
    return hanging.get();
  }

  /** What is called; decides which codes are worth another try. */
  private enum Kind {
    CREATE_NETWORK(Set.of(HcsErrors.NOT_FOUND, 0x80070490)),
    CREATE_ENDPOINT(Set.of(UNSPECIFIED)),
    OTHER(Set.of());

    private final Set<Integer> retried;

    Kind(Set<Integer> retried) {
      this.retried = retried;
    }
  }

  /** Reads from HNS. */
  <T> T get(String path, Supplier<T> call) {
    return hns(Kind.OTHER, "GET", path, "", call, () -> {});
  }

  /** Updates an endpoint. */
  <T> T update(String path, Object document, Supplier<T> call) {
    return hns(Kind.OTHER, "POST", path, document, call, () -> {});
  }

  /** Deletes in HNS. */
  void delete(String path, Runnable call) {
    hns(
        Kind.OTHER,
        "DELETE",
        path,
        "",
        () -> {
          call.run();
          return "";
        },
        () -> {});
  }

  /** Creates a network. */
  <T> T createNetwork(Object document, Supplier<T> call) {
    return hns(Kind.CREATE_NETWORK, "POST", "/networks/", document, call, () -> {});
  }

  /**
   * Creates an endpoint.
   *
   * @param beforeRetry removes what an attempt that failed may have made nevertheless
   */
  <T> T createEndpoint(Object document, Supplier<T> call, Runnable beforeRetry) {
    return hns(Kind.CREATE_ENDPOINT, "POST", "/endpoints/", document, call, beforeRetry);
  }

  /** Calls HCS, once; {@code what} is the operation and its target. */
  <T> T hcs(String what, Supplier<T> call) {
    return once("HCS " + what, call);
  }

  private <T> T hns(
      Kind kind,
      String method,
      String path,
      Object document,
      Supplier<T> call,
      Runnable beforeRetry) {
    for (int attempt = 0; ; attempt++) {
      try {
        steps.debug(
            () ->
                "["
                    + method
                    + "]=>["
                    + path
                    + "] Request : "
                    + (isNone(document) ? "" : json(document)));
        T answer = once("HNS " + method + " " + path, call);
        steps.debug(() -> "Network Response : " + (isNone(answer) ? "" : json(answer)));
        return answer;
      } catch (HcsException failed) {
        if (attempt == PAUSES.length || !isWorthARetry(kind, failed)) {
          throw failed;
        }
        LockSupport.parkNanos(PAUSES[attempt].toNanos());
        beforeRetry.run();
      }
    }
  }

  private static boolean isNone(Object document) {
    return "".equals(document);
  }

  private static String json(Object document) {
    return HcsJson.write(document);
  }

  private <T> T once(String what, Supplier<T> call) {
    if (hanging.get() >= MAX_HANGING) {
      throw GardenException.failure(what + " not tried: " + MAX_HANGING + " calls hang");
    }
    FutureTask<T> task = new FutureTask<>(call::get);
    AtomicInteger left = new AtomicInteger();
    Thread thread =
        new Thread(
            () -> {
              task.run();
              // whoever comes second knows that the other one has given up or is done
              if (left.getAndIncrement() > 0) {
                hanging.decrementAndGet();
              }
            },
            what);
    thread.setDaemon(true);
    thread.start();
    try {
      return task.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException hung) {
      leave(what, left);
      throw GardenException.failure(what + " timed out after " + deadline.toSeconds() + "s", hung);
    } catch (InterruptedException interrupted) {
      leave(what, left);
      Thread.currentThread().interrupt();
      throw GardenException.failure(what + " was interrupted", interrupted);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (failed.getCause() instanceof Error cause) {
        throw cause;
      }
      throw GardenException.failure(what + " failed", failed);
    }
  }

  private void leave(String what, AtomicInteger left) {
    int now = hanging.incrementAndGet();
    if (left.getAndIncrement() > 0) {
      hanging.decrementAndGet();
      return;
    }
    log.atWarn().addKeyValue("call", what).addKeyValue("hanging", now).log("call left behind");
  }

  private static boolean isWorthARetry(Kind kind, HcsException failed) {
    String text =
        String.valueOf(failed.getMessage())
            .replaceFirst("(?i)^.*hns failed with error :", "")
            .strip()
            .toLowerCase(Locale.ROOT);
    return SERVICE_RESTARTS.contains(failed.code())
        || kind.retried.contains(failed.code())
        || HostFailures.isReported(failed)
            && (text.equals("element not found.") || text.equals("unspecified error"));
  }
}
