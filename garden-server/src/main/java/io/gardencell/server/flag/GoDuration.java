package io.gardencell.server.flag;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them: {@code 300ms}, {@code 1m30s}, {@code -1.5h}, {@code 0}. */
final class GoDuration {

  private static final Pattern WHOLE =
      Pattern.compile("[-+]?(?:0|(?:(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)");
  private static final Pattern PART =
      Pattern.compile("([0-9]+\\.?[0-9]*|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)");
  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "μs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private GoDuration() {}

  /**
   * The duration of a text.
   *
   * @throws IllegalArgumentException if it is none, or longer than 64 bits of nanoseconds
   */
  static Duration parse(String text) {
    if (!WHOLE.matcher(text).matches()) {
      throw new IllegalArgumentException(text);
    }
    BigDecimal nanos = BigDecimal.ZERO;
    Matcher part = PART.matcher(text);
    while (part.find()) {
      long unit = NANOS.getOrDefault(part.group(2), 0L);
      nanos = nanos.add(new BigDecimal("0" + part.group(1)).multiply(BigDecimal.valueOf(unit)));
    }
    BigDecimal signed = text.startsWith("-") ? nanos.negate() : nanos;
    try {
      return Duration.ofNanos(signed.toBigInteger().longValueExact());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** A text that is read as the same duration. */
  static String text(Duration duration) {
    if (duration.isZero()) {
      return "0";
    }
    if (duration.getNano() != 0 || duration.isNegative()) {
      return duration.toNanos() + "ns";
    }
    String hours = duration.toHours() == 0 ? "" : duration.toHours() + "h";
    String minutes = duration.toMinutesPart() == 0 ? "" : duration.toMinutesPart() + "m";
    String seconds = duration.toSecondsPart() == 0 ? "" : duration.toSecondsPart() + "s";
    return hours + minutes + seconds;
  }
}
