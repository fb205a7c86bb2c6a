package io.gardencell.hcs.golden;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One step of a vector's setup. Texts still hold placeholders. */
public sealed interface GoldenStep {

  /**
   * Runs a command, which must end with this code.
   *
   * @param settles whether what it started has to end before the next step
   */
  record Command(List<String> words, JsonNode stdin, long exitCode, boolean settles)
      implements GoldenStep {}

  /** Writes files; a content is text, JSON, or {@code {"base64": ..}}. */
  record Write(Map<String, JsonNode> files) implements GoldenStep {}

  /** Removes files and folders. */
  record Remove(List<String> paths) implements GoldenStep {}

  /** Puts a file of so many bytes into every volume. */
  record FillVolumes(long bytes) implements GoldenStep {}

  /** Reads a step of a vector file. */
  static GoldenStep of(JsonNode step) {
    if (step.has("command")) {
      return new Command(
          GoldenVector.texts(step.get("command")),
          step.path("stdin"),
          step.path("exitCode").asLong(),
          step.hasNonNull("settle"));
    }
    if (step.has("write")) {
      Map<String, JsonNode> files = new LinkedHashMap<>();
      step.get("write").properties().forEach(e -> files.put(e.getKey(), e.getValue()));
      return new Write(files);
    }
    if (step.has("remove")) {
      return new Remove(GoldenVector.texts(step.get("remove")));
    }
    if (step.has("fillVolumes")) {
      return new FillVolumes(step.get("fillVolumes").asLong());
    }
    List<String> members = new ArrayList<>();
    step.fieldNames().forEachRemaining(members::add);
    throw new IllegalArgumentException(
        "setup step %s (expected: command, write, remove or fillVolumes)".formatted(members));
  }
}
