package io.gardencell.image.registry;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a registry wants to see.
 *
 * @param scheme {@code basic} or {@code bearer}
 * @param parameters keys in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {

  private static final Pattern PARAMETER =
      Pattern.compile("([A-Za-z_-]+)\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^,\\s]+))");
  private static final Pattern SCHEME = Pattern.compile("(?i)(?:^|,\\s*)(basic|bearer)(?:\\s|$)");

  /** The first challenge we can answer. */
  static Optional<Challenge> first(List<String> headers) {
    for (String header : headers) {
      Matcher scheme = SCHEME.matcher(header);
      if (scheme.find()) {
        int end = scheme.find(scheme.end()) ? scheme.start() : header.length();
        scheme.reset();
        scheme.find();
        Map<String, String> parameters = new HashMap<>();
        Matcher p = PARAMETER.matcher(header.substring(scheme.end(), Math.max(end, scheme.end())));
        while (p.find()) {
          String value = p.group(2) == null ? p.group(3) : p.group(2).replaceAll("\\\\(.)", "$1");
          parameters.put(p.group(1).toLowerCase(Locale.ROOT), value);
        }
        return Optional.of(new Challenge(scheme.group(1).toLowerCase(Locale.ROOT), parameters));
      }
    }
    return Optional.empty();
  }

  String get(String key) {
    return parameters.getOrDefault(key, "");
  }
}
