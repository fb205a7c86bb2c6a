package io.gardencell.network;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Calls to HNS with a deadline each, the retries that are worth it, and the reference's words for
 * failures (spec: winc-network 4.1, 17.8). Any thread; each call runs on a thread of its own, which
 * is left behind when HNS hangs.
 */
final class HnsCalls {

  private static final int UNSPECIFIED = 0x80004005;
  private static final int ENDPOINT_NOT_FOUND = 0x803B0002;
  private static final int NETWORK_NOT_FOUND = 0x803B0001;
  private static final Set<Integer> ALWAYS = Set.of(0x15, 0x80070015, 0x6BA, 0x800706BA);
  private static final Duration[] PAUSES = {Duration.ofMillis(100), Duration.ofMillis(300)};

  private final Duration deadline;

  HnsCalls(Duration deadline) {
    this.deadline = deadline;
  }

  /** What is called; decides which codes are worth another try. */
  enum Kind {
    CREATE_NETWORK(Set.of(HcsErrors.NOT_FOUND, 0x80070490)),
    CREATE_ENDPOINT(Set.of(UNSPECIFIED)),
    OTHER(Set.of());

    private final Set<Integer> retried;

    Kind(Set<Integer> retried) {
      this.retried = retried;
    }
  }

  /** Runs a call; {@code what} is method and path. */
  <T> T call(String what, Supplier<T> call) {
    return call(Kind.OTHER, what, call);
  }

  void run(String what, Runnable call) {
    call(
        what,
        () -> {
          call.run();
          return true;
        });
  }

  <T> T call(Kind kind, String what, Supplier<T> call) {
    for (int attempt = 0; ; attempt++) {
      try {
        return once(what, call);
      } catch (HcsException failed) {
        if (attempt == PAUSES.length || !isWorthARetry(kind, failed)) {
          throw failed;
        }
        LockSupport.parkNanos(PAUSES[attempt].toNanos());
      }
    }
  }

  private <T> T once(String what, Supplier<T> call) {
    FutureTask<T> task = new FutureTask<>(call::get);
    Thread thread = new Thread(task, "hns " + what);
    thread.setDaemon(true);
    thread.start();
    try {
      return task.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException hung) {
      throw GardenException.failure(
          "HNS " + what + " timed out after " + deadline.toSeconds() + "s", hung);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw GardenException.failure("HNS " + what + " was interrupted", interrupted);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (failed.getCause() instanceof Error cause) {
        throw cause;
      }
      throw GardenException.failure("HNS " + what + " failed", failed);
    }
  }

  private static boolean isWorthARetry(Kind kind, HcsException failed) {
    String text =
        String.valueOf(failed.getMessage())
            .replaceFirst("(?i)^.*hns failed with error :", "")
            .strip()
            .toLowerCase(Locale.ROOT);
    return ALWAYS.contains(failed.code())
        || kind.retried.contains(failed.code())
        || isReported(failed)
            && (text.equals("element not found.") || text.equals("unspecified error"));
  }

  /** Whether HNS answered {@code Success: false} instead of failing with a code. */
  private static boolean isReported(HcsException failed) {
    return failed.code() == 0 || String.valueOf(failed.getMessage()).startsWith("hns failed");
  }

  /** Whether the endpoint or network is not there. */
  static boolean isNotFound(HcsException failed) {
    return failed.isNotFound()
        || failed.code() == ENDPOINT_NOT_FOUND
        || failed.code() == NETWORK_NOT_FOUND;
  }

  /** The reference's words for a failure of HNS or HCS. */
  static String text(Throwable failed) {
    String message = String.valueOf(failed.getMessage());
    if (!(failed instanceof HcsException hcs)
        || !hcs.function().toUpperCase(Locale.ROOT).startsWith("HNS")
        || message.startsWith("hns failed")
        || message.startsWith("failed during")) {
      return message;
    }
    return isReported(hcs)
        ? "hns failed with error : " + message
        : "failed during hnsCallRawResponse: hnsCall failed in Win32: %s (0x%x)"
            .formatted(message, HcsErrors.codeOf(hcs.code()));
  }
}
