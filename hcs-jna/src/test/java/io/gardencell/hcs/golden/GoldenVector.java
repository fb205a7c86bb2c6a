package io.gardencell.hcs.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One recorded run of a reference command. Texts still hold placeholders, which {@link GoldenStage}
 * replaces on the way in and {@link GoldenMatch} understands on the way out.
 *
 * @param setup steps before the command, in order
 * @param dirs folders that exist before the setup
 * @param files files that exist before the setup
 * @param fakeState systems, networks and endpoints the service knows before; missing for none
 * @param registry images that a loopback registry offers; missing for none
 * @param stdin its input: text, or {@code {"base64": ..}}
 * @param command the command line; its first word names the tool
 * @param cwd working directory; empty for any
 * @param faults rules of failures, as {@link FaultRules} reads them; empty for none
 * @param exitCode unsigned 32 bits
 * @param stdout text; null if only its length was recorded
 * @param stdoutBytes its length; -1 if the text was recorded
 * @param log lines of the log: objects, or texts for a log in text form, without times
 * @param calls what the host was asked, in order
 * @param outputs files and folders afterwards; JSON null means absent
 * @param defect why the reference crashes here; empty if it does not
 * @param faultOnQuery whether the fault hits a query, which another implementation may not make
 */
public record GoldenVector(
    String name,
    String description,
    List<GoldenStep> setup,
    List<String> dirs,
    Map<String, JsonNode> files,
    JsonNode fakeState,
    JsonNode registry,
    List<String> command,
    JsonNode stdin,
    Map<String, String> env,
    String cwd,
    String faults,
    long exitCode,
    @Nullable String stdout,
    long stdoutBytes,
    String stderr,
    List<JsonNode> log,
    List<RecordedCall> calls,
    Map<String, JsonNode> outputs,
    String defect,
    boolean faultOnQuery) {

  static final ObjectMapper JSON = new ObjectMapper();

  /** Reads a vector file. */
  public static GoldenVector read(Path file) {
    JsonNode json;
    try {
      json = JSON.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException("vector " + file, e);
    }
    List<GoldenStep> setup = new ArrayList<>();
    json.path("setup").forEach(step -> setup.add(GoldenStep.of(step)));
    List<JsonNode> log = new ArrayList<>();
    json.path("log").forEach(log::add);
    List<RecordedCall> calls = new ArrayList<>();
    json.path("calls").forEach(call -> calls.add(RecordedCall.of(call)));
    Map<String, String> env = new LinkedHashMap<>();
    members(json, "env").forEach((name, value) -> env.put(name, value.asText()));
    return new GoldenVector(
        json.path("name").asText(),
        json.path("description").asText(),
        setup,
        texts(json.path("dirs")),
        members(json, "files"),
        json.path("fakeState"),
        json.path("registry"),
        texts(json.path("command")),
        json.path("stdin"),
        env,
        json.path("cwd").asText(""),
        json.path("faults").asText(""),
        json.path("exitCode").asLong(),
        json.hasNonNull("stdout") ? json.get("stdout").asText() : null,
        json.path("stdoutBytes").asLong(-1),
        json.path("stderr").asText(""),
        log,
        calls,
        members(json, "outputs"),
        json.path("defect").asText(""),
        json.path("faultOnQuery").asBoolean());
  }

  /** All vectors of a folder, by name. */
  public static List<GoldenVector> readAll(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      List<GoldenVector> all =
          files
              .filter(f -> f.toString().endsWith(".json"))
              .sorted()
              .map(GoldenVector::read)
              .toList();
      if (all.isEmpty()) {
        throw new IllegalArgumentException(directory + ": no vectors (expected: *.json)");
      }
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException("vectors " + directory, e);
    }
  }

  /** The same run with other calls, for a plugin that is to ask something else on purpose. */
  public GoldenVector withCalls(List<RecordedCall> wanted) {
    return new GoldenVector(
        name,
        description,
        setup,
        dirs,
        files,
        fakeState,
        registry,
        command,
        stdin,
        env,
        cwd,
        faults,
        exitCode,
        stdout,
        stdoutBytes,
        stderr,
        log,
        wanted,
        outputs,
        defect,
        faultOnQuery);
  }

  /** Whether something has to stand in the fake state before the run. */
  public boolean hasFakeState() {
    return !(fakeState instanceof MissingNode) && !fakeState.isNull();
  }

  @Override
  public String toString() {
    return name;
  }

  static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(item -> texts.add(item.asText()));
    return texts;
  }

  private static Map<String, JsonNode> members(JsonNode json, String name) {
    Map<String, JsonNode> members = new LinkedHashMap<>();
    json.path(name).properties().forEach(e -> members.put(e.getKey(), e.getValue()));
    return members;
  }
}
