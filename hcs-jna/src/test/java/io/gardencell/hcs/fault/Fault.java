package io.gardencell.hcs.fault;

import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import java.time.Duration;

/**
 * What is to go wrong, and at which calls.
 *
 * @param kind how it goes wrong
 * @param operation which calls count, for example {@code HostCompute.create} or {@code
 *     ComputeSystem.start}; empty for all
 * @param first the first call it happens to, from 1, counted from {@link FaultyHost#inject}
 * @param last the last one
 * @param code of the {@link HcsException} that a failing call throws
 * @param delay of a call that is delayed
 */
public record Fault(Kind kind, String operation, long first, long last, int code, Duration delay) {

  /** How a call goes wrong. */
  public enum Kind {
    /** It does nothing and fails. */
    FAIL,
    /** It does its work and fails then; a handle that it made is lost. */
    HALF,
    /** It takes longer. */
    DELAY,
    /** It does not begin before {@link FaultyHost#release}. */
    HANG
  }

  public Fault {
    if (first < 1 || last < first) {
      throw new IllegalArgumentException(
          "calls: %d to %d (expected: 1 or more, in order)".formatted(first, last));
    }
  }

  /** The n-th call goes wrong that way; failing ones say "access denied". */
  public static Fault nth(Kind kind, long n) {
    return new Fault(kind, "", n, n, HcsErrors.ACCESS_DENIED, Duration.ofMillis(20));
  }

  /** Only calls of one operation count and go wrong. */
  public Fault of(String onlyOperation) {
    return new Fault(kind, onlyOperation, first, last, code, delay);
  }

  /** All later calls go wrong too. */
  public Fault andAllLater() {
    return new Fault(kind, operation, first, Long.MAX_VALUE, code, delay);
  }

  /** Fails with another code. */
  public Fault withCode(int otherCode) {
    return new Fault(kind, operation, first, last, otherCode, delay);
  }

  /** Delays by another time. */
  public Fault withDelay(Duration otherDelay) {
    return new Fault(kind, operation, first, last, code, otherDelay);
  }

  boolean counts(String name) {
    return operation.isEmpty() || operation.equals(name);
  }

  boolean hits(long call) {
    return first <= call && call <= last;
  }

  HcsException failure(String name) {
    return new HcsException(name, "injected", code, HcsErrors.text(code), java.util.List.of());
  }
}
