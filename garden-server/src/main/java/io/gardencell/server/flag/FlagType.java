package io.gardencell.server.flag;

import io.gardencell.api.IpAddress;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * How the text of a flag becomes a value.
 *
 * @param expected what is expected, for the message when the text is something else
 * @param one the value of a text; throws {@link IllegalArgumentException} if it is none
 */
record FlagType<T>(String expected, Function<String, T> one) {

  private static final BigInteger U64_LIMIT = BigInteger.ONE.shiftLeft(64);

  static final FlagType<String> TEXT = new FlagType<>("text", Function.identity());

  static final FlagType<Boolean> SWITCH =
      new FlagType<>(
          "true or false",
          text ->
              switch (text) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new IllegalArgumentException(text);
              });

  static final FlagType<Path> PATH = new FlagType<>("a path", FlagType::path);

  static final FlagType<Path> FILE =
      new FlagType<>(
          "an existing file",
          text -> {
            Path file = path(text).toAbsolutePath();
            if (!Files.exists(file) || Files.isDirectory(file)) {
              throw new IllegalArgumentException(text);
            }
            return file;
          });

  static final FlagType<IpAddress> IP = new FlagType<>("an IP address", IpAddress::parse);

  static final FlagType<Integer> U16 =
      new FlagType<>("a number from 0 to 65535", text -> (int) number(text, 1L << 16));

  static final FlagType<Long> U32 =
      new FlagType<>("a number from 0 to 4294967295", text -> number(text, 1L << 32));

  /** Beyond the signed range the value is negative: an unsigned 64-bit number. */
  static final FlagType<Long> U64 =
      new FlagType<>(
          "a number from 0 to 18446744073709551615",
          text -> {
            BigInteger value = new BigInteger(text);
            if (!text.matches("[0-9]+") || value.compareTo(U64_LIMIT) >= 0) {
              throw new IllegalArgumentException(text);
            }
            return value.longValue();
          });

  static final FlagType<Integer> INTEGER = new FlagType<>("a whole number", Integer::valueOf);

  static final FlagType<Double> DECIMAL =
      new FlagType<>("a number", text -> new BigDecimal(text).doubleValue());

  static final FlagType<Duration> DURATION =
      new FlagType<>("a duration such as 300ms or 1m30s", GoDuration::parse);

  static final FlagType<String> CIDR =
      new FlagType<>("a network such as 10.254.0.0/22", FlagType::network);

  static final FlagType<String> HOST_PORT =
      new FlagType<>(
          "host:port",
          text -> {
            int colon = text.lastIndexOf(':');
            if (colon <= 0) {
              throw new IllegalArgumentException(text);
            }
            number(text.substring(colon + 1), 1L << 16);
            return text;
          });

  static final FlagType<String> DEVICE_RULE =
      new FlagType<>(
          "TYPE MAJOR:MINOR ACCESS",
          text -> {
            if (!text.matches("[abc] (\\*|[0-9]+):(\\*|[0-9]+) [rwm]{1,3}")) {
              throw new IllegalArgumentException(text);
            }
            return text;
          });

  static FlagType<String> choice(String... values) {
    List<String> allowed = Arrays.asList(values);
    return new FlagType<>(
        "one of " + String.join(", ", allowed),
        text -> {
          if (!allowed.contains(text)) {
            throw new IllegalArgumentException(text);
          }
          return text;
        });
  }

  private static Path path(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("empty");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private static long number(String text, long limit) {
    long value = Long.parseLong(text);
    if (value < 0 || value >= limit || text.startsWith("+")) {
      throw new IllegalArgumentException(text);
    }
    return value;
  }

  private static String network(String text) {
    String[] parts = text.split("/", 2);
    if (parts.length != 2) {
      throw new IllegalArgumentException(text);
    }
    number(parts[1], IpAddress.parse(parts[0]).isV4() ? 33 : 129);
    return text;
  }
}
