package io.gardencell.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What absent (or null) means in the wire types: the empty value. */
final class Absent {

  private Absent() {}

  static String text(@Nullable String value) {
    return value == null ? "" : value;
  }

  /** Null elements of string lists are empty strings, as the reference's decoder has it. */
  static List<String> texts(@Nullable List<String> values) {
    return values == null ? List.of() : values.stream().map(Absent::text).toList();
  }

  static <T> List<T> list(@Nullable List<T> values) {
    return values == null ? List.of() : values.stream().filter(Objects::nonNull).toList();
  }

  static Map<String, String> map(@Nullable Map<String, String> values) {
    if (values == null) {
      return Map.of();
    }
    Map<String, String> copy = new LinkedHashMap<>();
    values.forEach((k, v) -> copy.put(k, text(v)));
    return Collections.unmodifiableMap(copy);
  }

  static <T> T or(@Nullable T value, T otherwise) {
    return value == null ? otherwise : value;
  }
}
