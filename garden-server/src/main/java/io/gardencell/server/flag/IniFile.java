package io.gardencell.server.flag;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The flags of a configuration file: lines {@code name = value} in a section {@code [server]}, or
 * before any section; comments begin with {@code ;} or {@code #}; a value may stand in double
 * quotes; a name may come again.
 */
final class IniFile {

  private IniFile() {}

  /** Values by name, in order; what is wrong is added to the complaints. */
  static Map<String, List<String>> read(Path file, List<String> complaints) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    List<String> lines;
    try {
      lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      complaints.add("--config: '" + file + "' cannot be read: " + e);
      return values;
    }
    boolean ours = true;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).replace("\uFEFF", "").strip();
      int equals = line.indexOf('=');
      if (line.isEmpty() || line.startsWith(";") || line.startsWith("#")) {
        continue;
      }
      if (line.startsWith("[") && line.endsWith("]")) {
        ours = line.substring(1, line.length() - 1).strip().equalsIgnoreCase("server");
      } else if (equals <= 0) {
        complaints.add(
            "%s:%d: '%s' (expected: [section] or name = value)".formatted(file, i + 1, line));
      } else if (ours) {
        values
            .computeIfAbsent(line.substring(0, equals).strip(), name -> new ArrayList<>())
            .add(unquoted(line.substring(equals + 1).strip()));
      }
    }
    return values;
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
    return quoted
        ? value.substring(1, value.length() - 1).replace("\\\"", "\"").replace("\\\\", "\\")
        : value;
  }
}
