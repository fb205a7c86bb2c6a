package io.gardencell.hcs.golden;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where our answer is another one on purpose, by vector name with the reason. A vector that differs
 * without being listed fails a test, and so does a listed one that does not differ any more.
 */
public final class KnownDifferences {

  private KnownDifferences() {}

  /**
   * What a test has to complain about; empty if all is as listed.
   *
   * @param found differences by vector name; vectors without any may be absent
   * @param known reasons by vector name
   */
  public static String complaints(Map<String, List<String>> found, Map<String, String> known) {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(found)
        .forEach(
            (name, differences) -> {
              if (!differences.isEmpty() && !known.containsKey(name)) {
                text.append(name).append('\n');
                differences.forEach(d -> text.append("    ").append(d).append('\n'));
              }
            });
    new TreeMap<>(known)
        .forEach(
            (name, reason) -> {
              if (found.getOrDefault(name, List.of()).isEmpty()) {
                text.append(name)
                    .append(": does not differ any more: ")
                    .append(reason)
                    .append('\n');
              }
            });
    return text.toString();
  }
}
