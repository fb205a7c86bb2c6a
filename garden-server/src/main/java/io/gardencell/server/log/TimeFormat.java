package io.gardencell.server.log;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** How log lines tell the time; the names are those of the reference's flag. */
public enum TimeFormat {
  /** Seconds since 1970 with nine decimals. */
  UNIX_EPOCH,
  /** Date and time in UTC with nine decimals. */
  RFC3339;

  private static final DateTimeFormatter DATE_AND_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** Reads {@code unix-epoch} or {@code rfc3339}. */
  public static TimeFormat parse(String text) {
    return switch (text) {
      case "unix-epoch" -> UNIX_EPOCH;
      case "rfc3339" -> RFC3339;
      default ->
          throw new IllegalArgumentException(
              "time format: '" + text + "' (expected: unix-epoch or rfc3339)");
    };
  }

  String text(Instant time) {
    return this == RFC3339
        ? DATE_AND_TIME.format(time)
        : "%d.%09d".formatted(time.getEpochSecond(), time.getNano());
  }
}
