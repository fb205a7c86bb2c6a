package io.gardencell.hcs.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The journal that the stand-in vmcompute.dll writes below its root, one line per call; documents
 * in it are texts and become JSON here. What only opens, closes or watches is left out, as in the
 * vectors.
 */
public final class StandInJournal implements CallRecorder {

  private static final Set<String> LEFT_OUT =
      Set.of(
          "HcsCloseComputeSystem",
          "HcsCloseProcess",
          "HcsRegisterComputeSystemCallback",
          "HcsUnregisterComputeSystemCallback",
          "HcsRegisterProcessCallback",
          "HcsUnregisterProcessCallback",
          "HcsModifyProcess",
          "HcsGetProcessProperties",
          "HcsOpenProcess");

  private final Path file;
  private long start;

  /** Reads the journal of a stand-in's root. */
  public StandInJournal(Path root) {
    this.file = root.resolve("journal.jsonl");
  }

  @Override
  public void clear() {
    try {
      start = Files.exists(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<RecordedCall> calls() {
    List<RecordedCall> calls = new ArrayList<>();
    try {
      byte[] all = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
      int from = (int) Math.min(start, all.length);
      String text = new String(all, from, all.length - from, StandardCharsets.UTF_8);
      for (String line : text.lines().toList()) {
        JsonNode call = GoldenVector.JSON.readTree(line);
        String function = call.path("function").asText();
        if (!function.startsWith("@") && !LEFT_OUT.contains(function)) {
          calls.add(RecordedCall.of(withDocuments(call)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("journal " + file, e);
    }
    return calls;
  }

  private static JsonNode withDocuments(JsonNode call) throws IOException {
    for (String part : new String[] {"args", "out"}) {
      if (call.path(part) instanceof ObjectNode members) {
        List<String> names = new ArrayList<>();
        members.fieldNames().forEachRemaining(names::add);
        for (String name : names) {
          String text = members.path(name).asText("").strip();
          if (text.startsWith("{") || text.startsWith("[")) {
            members.set(name, GoldenVector.JSON.readTree(text));
          }
        }
      }
    }
    return call;
  }
}
