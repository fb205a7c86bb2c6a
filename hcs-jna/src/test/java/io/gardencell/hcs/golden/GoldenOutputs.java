package io.gardencell.hcs.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Compares the files and folders a run leaves with those a vector names. */
final class GoldenOutputs {

  private final GoldenStage stage;
  private final UnaryOperator<String> outputs;
  private final GoldenMatch match;

  GoldenOutputs(GoldenStage stage, UnaryOperator<String> outputs, GoldenMatch match) {
    this.stage = stage;
    this.outputs = outputs;
    this.match = match;
  }

  void compare(Map<String, JsonNode> expected) throws IOException {
    for (Map.Entry<String, JsonNode> output : expected.entrySet()) {
      output(output.getKey(), output.getValue());
    }
  }

  private void output(String name, JsonNode expected) throws IOException {
    Path path = stage.path(name);
    if (expected.isNull()) {
      if (Files.exists(path)) {
        match.differs(name, "absent", "present");
      }
    } else if (!Files.exists(path)) {
      match.differs(name, expected, "absent");
    } else if (Files.isDirectory(path)) {
      ObjectNode wanted = GoldenVector.JSON.createObjectNode();
      expected.properties().forEach(e -> wanted.set(e.getKey().replace('\\', '/'), e.getValue()));
      folder(name, wanted, path);
    } else {
      file(name, expected, path);
    }
  }

  private void folder(String name, ObjectNode expected, Path folder) throws IOException {
    List<Path> found;
    try (Stream<Path> all = Files.walk(folder)) {
      found = all.filter(p -> !p.equals(folder)).sorted().toList();
    }
    for (Path each : found) {
      String relative = folder.relativize(each).toString().replace('\\', '/');
      String key = Files.isDirectory(each) ? relative + "/" : relative;
      JsonNode wanted = expected.remove(key);
      if (wanted == null) {
        match.differs(name + "/" + key, "absent", "present");
      } else if (!wanted.isNull()) {
        file(name + "/" + key, wanted, each);
      }
    }
    expected.fieldNames().forEachRemaining(k -> match.differs(name + "/" + k, "present", "absent"));
  }

  private void file(String name, JsonNode expected, Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (expected.has("base64")) {
      String actual = Base64.getEncoder().encodeToString(bytes);
      if (!expected.get("base64").asText().equals(actual)) {
        match.differs(name, expected, actual);
      }
    } else if (expected.size() == 1 && expected.has("size") && bytes.length > 1024) {
      match.json(name + " length", expected.get("size"), IntNode.valueOf(bytes.length));
    } else {
      String text = outputs.apply(new String(bytes, StandardCharsets.UTF_8));
      if (expected.isTextual()) {
        match.content(name, expected.asText(), text);
      } else {
        match.json(name, expected, GoldenVector.JSON.readTree(text));
      }
    }
  }
}
