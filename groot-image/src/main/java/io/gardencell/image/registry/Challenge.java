package io.gardencell.image.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a registry wants to see ({@code WWW-Authenticate}). Several challenges may stand in one
 * header or in several.
 *
 * @param scheme in lower case, for example {@code basic} or {@code bearer}
 * @param parameters keys in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {

  private static final String TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
  private static final Pattern PARAMETER =
      Pattern.compile(
          "\\G[\\s,]*(" + TOKEN + ")\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^,\\s\"]+))");
  private static final Pattern SCHEME =
      Pattern.compile("\\G[\\s,]*(" + TOKEN + ")(?=\\s+|,|$)(?!\\s*=)");

  Challenge {
    parameters = Map.copyOf(parameters);
  }

  /** The first challenge that we can answer. */
  static Optional<Challenge> first(List<String> headers) {
    return headers.stream()
        .flatMap(h -> all(h).stream())
        .filter(c -> c.scheme().equals("basic") || c.scheme().equals("bearer"))
        .findFirst();
  }

  /** Reads up to the first malformed part. */
  static List<Challenge> all(String header) {
    List<Challenge> found = new ArrayList<>();
    int at = 0;
    Matcher scheme = SCHEME.matcher(header);
    while (scheme.find(at)) {
      Map<String, String> parameters = new HashMap<>();
      at = scheme.end();
      Matcher parameter = PARAMETER.matcher(header);
      while (parameter.find(at)) {
        String quoted = parameter.group(2);
        parameters.put(
            parameter.group(1).toLowerCase(Locale.ROOT),
            quoted == null ? parameter.group(3) : quoted.replaceAll("\\\\(.)", "$1"));
        at = parameter.end();
      }
      found.add(new Challenge(scheme.group(1).toLowerCase(Locale.ROOT), parameters));
    }
    return found;
  }

  boolean isBearer() {
    return scheme.equals("bearer");
  }

  /** The parameter, empty if absent. */
  String get(String key) {
    return parameters.getOrDefault(key, "");
  }
}
