package io.gardencell.network;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What failures of HNS and HCS mean, and the reference's words for them (spec: 4.1, 4.3). */
final class HostFailures {

  private static final int ENDPOINT_NOT_FOUND = 0x803B0002;
  private static final int NETWORK_NOT_FOUND = 0x803B0001;

  private HostFailures() {}

  /** Whether HNS answered {@code Success: false} instead of failing with a code. */
  static boolean isReported(HcsException failed) {
    return failed.code() == 0 || String.valueOf(failed.getMessage()).startsWith("hns failed");
  }

  /** Whether the endpoint or network is not there. */
  static boolean isNotFound(HcsException failed) {
    return failed.isNotFound()
        || failed.code() == ENDPOINT_NOT_FOUND
        || failed.code() == NETWORK_NOT_FOUND;
  }

  /** Whether the compute system is not there or no longer runs. */
  static boolean isGone(HcsException failed) {
    return failed.isNotFound() || failed.isAlreadyStopped();
  }

  /** The reference's words for a failure. */
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

  /** Runs the body; what the host refuses becomes what a client can be told. */
  static <T> T worded(Supplier<T> body) {
    try {
      return body.get();
    } catch (HcsException failed) {
      throw GardenException.failure(text(failed), failed);
    }
  }

  /** The same without a result. */
  static void run(Runnable body) {
    boolean unused =
        worded(
            () -> {
              body.run();
              return true;
            });
  }

  /** Several failures as one, in order. */
  static GardenException combined(List<RuntimeException> failures) {
    GardenException combined =
        GardenException.failure(
            failures.stream().map(HostFailures::text).collect(Collectors.joining(", ")));
    failures.forEach(combined::addSuppressed);
    return combined;
  }
}
