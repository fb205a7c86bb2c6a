package io.gardencell.hcs.golden;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares what came out with what a vector says. A placeholder with a number stands for the same
 * value wherever it occurs in the vector; differences are collected, each with the place it is in.
 * One thread, one vector.
 */
final class GoldenMatch {

  /** {@code "{{PID:1}}"} in JSON is a number without quotes in reality. */
  private static final Pattern PLACEHOLDER =
      Pattern.compile("(\"?)\\{\\{([A-Z_]+)(?::([0-9A-Za-z]+))?}}(\"?)");

  private final GoldenStage stage;
  private final Map<String, String> bound = new HashMap<>();
  private final Map<String, String> renamed = new HashMap<>();
  private final List<String> differences = new ArrayList<>();

  GoldenMatch(GoldenStage stage) {
    this.stage = stage;
  }

  List<String> differences() {
    return differences;
  }

  void differs(String place, Object expected, Object actual) {
    differences.add("%s: %s (expected: %s)".formatted(place, actual, expected));
  }

  /** From here on the expected text stands for another one, such as a layer's identifier. */
  void rename(String expected, String actual) {
    renamed.put(expected, actual);
  }

  void text(String place, String expected, String actual) {
    if (!matches(expected, actual)) {
      differs(place, quoted(expected), quoted(stage.canonical(actual)));
    }
  }

  /** Compares texts that hold JSON as documents, others as they are. */
  void content(String place, String expected, String actual) {
    JsonNode left = document(expected);
    JsonNode right = document(actual);
    if (left != null && right != null) {
      json(place, left, right);
    } else {
      text(place, expected, actual);
    }
  }

  void json(String place, JsonNode expected, JsonNode actual) {
    if (expected.isTextual() && actual.isValueNode()) {
      if (actual.isNull() || !matches(expected.asText(), actual.asText())) {
        differs(place, expected, actual);
      }
    } else if (expected.isTextual()) {
      if (!expected.asText().matches("\\{\\{[A-Z]+}}")) {
        differs(place, expected, actual);
      }
    } else if (expected.isObject() && actual.isObject()) {
      members(place, expected, actual);
    } else if (expected.isArray() && actual.isArray() && expected.size() == actual.size()) {
      for (int i = 0; i < expected.size(); i++) {
        json(place + "[" + i + "]", expected.get(i), actual.get(i));
      }
    } else if (expected.isNumber() && actual.isNumber()) {
      if (expected.decimalValue().compareTo(actual.decimalValue()) != 0) {
        differs(place, expected, actual);
      }
    } else if (!expected.equals(actual)) {
      differs(place, expected, actual);
    }
  }

  /** Compares calls one by one, after bringing them to the same length for the report. */
  void calls(List<RecordedCall> expected, List<RecordedCall> actual) {
    List<String> functions = expected.stream().map(RecordedCall::function).toList();
    List<String> made = actual.stream().map(RecordedCall::function).toList();
    if (!functions.equals(made)) {
      differs("calls", functions, made);
      return;
    }
    for (int i = 0; i < expected.size(); i++) {
      RecordedCall left = expected.get(i);
      RecordedCall right = actual.get(i);
      String place = "call " + (i + 1) + " " + left.function();
      json(place, left.args(), right.args());
      json(place + " gives", left.out(), right.out());
      // at a port, a refusal in the completion cannot be told from one at once
      boolean completed = left.hresult() == RecordedCall.PENDING && right.isRefused();
      if (left.hresult() != right.hresult() && !completed) {
        differs(
            place + " hresult",
            Long.toHexString(left.hresult()),
            Long.toHexString(right.hresult()));
      }
    }
  }

  private void members(String place, JsonNode expected, JsonNode actual) {
    TreeSet<String> names = new TreeSet<>();
    expected.fieldNames().forEachRemaining(names::add);
    Map<String, JsonNode> others = new LinkedHashMap<>();
    actual.properties().forEach(e -> others.put(e.getKey(), e.getValue()));
    for (String name : names) {
      JsonNode other = others.remove(name);
      if (other == null) {
        differs(place + "." + name, expected.get(name), "absent");
      } else {
        json(place + "." + name, expected.get(name), other);
      }
    }
    others.forEach((name, value) -> differs(place + "." + name, "absent", value));
  }

  private boolean matches(String expected, String actual) {
    String wanted = stage.expected(expected);
    for (Map.Entry<String, String> name : renamed.entrySet()) {
      wanted = wanted.replace(name.getKey(), name.getValue());
    }
    List<String> names = new ArrayList<>();
    Matcher found = PLACEHOLDER.matcher(wanted);
    StringBuilder pattern = new StringBuilder("(?s)");
    int from = 0;
    while (found.find()) {
      pattern.append(literal(wanted.substring(from, found.start())));
      String name = found.group(2);
      boolean number = name.equals("PID") || name.equals("N");
      pattern.append(found.group(1)).append(number && !found.group(1).isEmpty() ? "?" : "");
      if (found.group(3) != null && !name.equals("OSMSG")) {
        String key = name + ":" + found.group(3);
        String known = bound.get(key);
        if (known != null) {
          pattern.append(literal(known));
        } else if (names.contains(key)) {
          pattern.append('\\').append(names.indexOf(key) + 1);
        } else {
          names.add(key);
          pattern.append('(').append(value(name)).append(')');
        }
      } else {
        pattern.append(value(name));
      }
      pattern.append(found.group(4)).append(number && !found.group(4).isEmpty() ? "?" : "");
      from = found.end();
    }
    pattern.append(literal(wanted.substring(from)));
    // line ends were recorded as \n
    String lines = stage.canonical(actual).replace("\r\n", "\n");
    Matcher match = Pattern.compile(pattern.toString()).matcher(lines);
    if (!match.matches()) {
      return false;
    }
    for (Iterator<String> all = names.iterator(); all.hasNext(); ) {
      String key = all.next();
      bound.put(key, match.group(names.indexOf(key) + 1));
    }
    return true;
  }

  private static String literal(String text) {
    return text.isEmpty() ? "" : Pattern.quote(text);
  }

  private static String value(String placeholder) {
    return switch (placeholder) {
      case "ROOT" -> "\\{\\{ROOT}}";
      case "GUID" -> "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}";
      case "PID" -> "[0-9]+";
      case "N" -> "-?[0-9]+";
      case "TIME" -> "[^\"\\n]+";
      case "OSMSG" -> "[^\\n]+?";
      case "WINC", "WINC_NETWORK", "GROOT" -> "[^\\n]+?";
      case "TEMP" -> "[^\"\\n]+?";
      case "REST", "STACK" -> ".*";
      case "STATISTICS", "PROCESS" -> ".*";
      default ->
          throw new IllegalArgumentException(
              "placeholder {{%s}} (expected: one of the README's)".formatted(placeholder));
    };
  }

  private static @org.jspecify.annotations.Nullable JsonNode document(String text) {
    if (!text.startsWith("{") && !text.startsWith("[")) {
      return null;
    }
    try {
      return GoldenVector.JSON.readTree(text);
    } catch (JsonProcessingException notJson) {
      return null;
    }
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\n", "\\n").replace("\t", "\\t") + "\"";
  }
}
