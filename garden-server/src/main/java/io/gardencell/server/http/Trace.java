package io.gardencell.server.http;

import io.gardencell.server.log.LogKeys;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.slf4j.MDC;

/**
 * The trace that a caller's {@code X-Vcap-Request-Id} names, if it is a UUID or hexadecimal number.
 * Any thread.
 */
record Trace(String traceId, String spanId) {

  private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{1,32}");

  static Optional<Trace> of(String requestId) {
    String digits = requestId.length() > 36 ? "" : requestId.replace("-", "");
    if (!HEX.matcher(digits).matches()) {
      return Optional.empty();
    }
    String padded = "0".repeat(32 - digits.length()) + digits;
    long span = ThreadLocalRandom.current().nextLong();
    return Optional.of(
        new Trace(padded.toLowerCase(java.util.Locale.ROOT), "%016x".formatted(span)));
  }

  /** Log lines of this thread carry it from now on. */
  void enter() {
    MDC.put(LogKeys.TRACE_ID, traceId);
    MDC.put(LogKeys.SPAN_ID, spanId);
  }
}
