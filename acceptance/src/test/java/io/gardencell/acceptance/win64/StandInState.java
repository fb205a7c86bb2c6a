package io.gardencell.acceptance.win64;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the stand-in for Windows' container service knows and was asked, read from its files. */
final class StandInState {

  private static final JsonMapper JSON = new JsonMapper();

  private final Path folder;

  StandInState(Path folder) {
    this.folder = folder;
  }

  /** Systems, endpoints, layers, volumes or mounts: a table by key. */
  JsonNode table(String name) throws IOException {
    return JSON.readTree(folder.resolve("state.json").toFile()).path(name);
  }

  /** The arguments of every call of this function so far. */
  List<JsonNode> calls(String function) throws IOException {
    try (var lines = Files.lines(folder.resolve("journal.jsonl"))) {
      return lines
          .map(StandInState::parse)
          .filter(call -> call.path("function").asText().equals(function))
          .map(call -> call.path("args"))
          .toList();
    }
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
