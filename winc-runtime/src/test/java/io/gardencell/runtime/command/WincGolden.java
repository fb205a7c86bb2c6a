package io.gardencell.runtime.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What both replays of the recorded runs of {@code winc} know: in memory, and under Wine. */
final class WincGolden {

  static final Path VECTORS = Path.of("src", "test", "resources", "golden", "winc");

  private static final String NO_PIPES = "17.30: init has no pipes that nobody reads";

  /** Vector names, and why our answer is another one ("17.n" is winc-runtime.md §17). */
  static final Map<String, String> DIFFERENCES =
      Map.ofEntries(
          Map.entry("create-bundle-from-working-directory", "17.10: the bundle's path is absolute"),
          Map.entry("create-bundle-trailing-separator", "17.10: the bundle's path is normalised"),
          Map.entry("create-memory-limit-below-one-mib", "17.25: rounded up, else unlimited"),
          Map.entry("create-memory-limit-rounds-down", "17.25: rounded up"),
          Map.entry("delete-unmount-refused", "17.4: what tells of a mount that is left stays"),
          Map.entry("events-fault-process-list", "17.34: one query, so the fault hits nothing"),
          Map.entry("exec-process-empty-program", "17.27: an empty program is refused"),
          Map.entry("exec-program-long-extension", "17.27: what has an extension keeps it"),
          Map.entry("run-pid-file-unwritable", "17.4: what was made is undone"),
          Map.entry("start", NO_PIPES),
          Map.entry("start-env-user-cwd", NO_PIPES),
          Map.entry("start-fault-out-of-memory", NO_PIPES + "; 17.2: the cause is told"),
          Map.entry("start-missing-cwd", NO_PIPES + "; 17.2: the cause is told"),
          Map.entry("start-missing-program", NO_PIPES + "; 17.2: the cause is told"),
          Map.entry("start-pid-file", NO_PIPES),
          Map.entry("start-terminal", NO_PIPES),
          Map.entry("start-unknown-user", NO_PIPES + "; 17.2: the cause is told"));

  private WincGolden() {}

  /**
   * A recorded log without what we do not log: the reference logs a failure of {@code delete} and
   * {@code run} twice, with and without the command's flags, and failed attempts to end a container
   * as errors, which are warnings here.
   */
  static List<JsonNode> ownLog(List<JsonNode> lines) {
    return lines.stream()
        .filter(l -> !l.has("force") && !l.has("detach"))
        .filter(l -> !l.path("msg").asText().startsWith("hcsContainer."))
        .toList();
  }

  /** Our log without warnings. */
  static List<JsonNode> errors(List<JsonNode> lines) {
    return lines.stream().filter(l -> !l.path("level").asText().equals("warning")).toList();
  }

  /** A state file without the volume that we note in addition (17.40). */
  static String withoutOurMembers(String text) {
    return text.replaceFirst(",\"mounted_volume\":\"[^\"]*\"", "");
  }
}
