package io.gardencell.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gardencell.runtime.bundle.GoJsonErrors;
import io.gardencell.runtime.bundle.GoJsonSyntax;
import io.gardencell.runtime.bundle.JsonMembers;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Content of {@code state.json} (Source: winc: runtime/state). The reference ignores members it
 * does not know, so ours may say more.
 *
 * @param bundle bundle directory
 * @param pid init process on the host, 0 for none
 * @param startTime its creation FILETIME, 0 for none
 * @param execFailed whether the init process could not be started
 * @param mountedVolume volume that was mounted for the pid; empty for none or if the reference
 *     wrote the file
 * @param others members of the file that we do not know, which stay in it
 */
public record StateFile(
    String bundle,
    long pid,
    long startTime,
    boolean execFailed,
    String mountedVolume,
    Map<String, JsonNode> others) {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final long UINT32 = 0xFFFF_FFFFL;
  private static final Set<String> KNOWN =
      Set.of("bundle", "pid", "start_time", "exec_failed", "mounted_volume");

  public StateFile {
    others = Map.copyOf(others);
  }

  static StateFile created(String bundle) {
    return new StateFile(bundle, 0, 0, false, "", Map.of());
  }

  StateFile started(long newPid, long newStartTime, String volume) {
    return new StateFile(bundle, newPid, newStartTime, false, volume, others);
  }

  /** The same with an init process that had ended before anybody could look at it. */
  StateFile ended(long newPid, String volume) {
    return new StateFile(bundle, newPid, 0, true, volume, others);
  }

  /** The same without an init process, which could not be started. */
  StateFile failed() {
    return new StateFile(bundle, 0, 0, true, "", others);
  }

  String json() {
    ObjectNode state = MAPPER.createObjectNode();
    state.put("bundle", bundle).put("pid", pid);
    state
        .putObject("start_time")
        .put("LowDateTime", startTime & UINT32)
        .put("HighDateTime", startTime >>> 32);
    state.put("exec_failed", execFailed);
    if (!mountedVolume.isEmpty()) {
      state.put("mounted_volume", mountedVolume);
    }
    others.forEach(state::set);
    return state.toString();
  }

  /**
   * Reads the text of a file.
   *
   * @param file for failures only
   * @throws IllegalArgumentException with the decoder's text if it is no JSON, else naming file,
   *     member and value
   */
  static StateFile parse(String json, Path file) {
    JsonNode state;
    try {
      state = MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(GoJsonErrors.text(json, e), e);
    }
    if (!state.isObject()) {
      throw new IllegalArgumentException(
          GoJsonSyntax.error(json).orElse(file + ": " + state + " (expected: an object)"));
    }
    try {
      return of(state);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  private static StateFile of(JsonNode state) {
    String bundle = JsonMembers.text(state, "bundle");
    if (!isPath(bundle)) {
      throw new IllegalArgumentException("bundle: \"%s\" (expected: a path)".formatted(bundle));
    }
    JsonNode time = JsonMembers.object(state, "start_time");
    long low = JsonMembers.number(time, "LowDateTime", UINT32);
    long high = JsonMembers.number(time, "HighDateTime", UINT32);
    Map<String, JsonNode> others = new HashMap<>();
    for (Map.Entry<String, JsonNode> member : state.properties()) {
      if (!KNOWN.contains(member.getKey().toLowerCase(Locale.ROOT))) {
        others.put(member.getKey(), member.getValue());
      }
    }
    return new StateFile(
        bundle,
        JsonMembers.number(state, "pid", UINT32),
        high << 32 | low,
        JsonMembers.flag(state, "exec_failed"),
        JsonMembers.text(state, "mounted_volume"),
        others);
  }

  private static boolean isPath(String text) {
    try {
      return Path.of(text).getNameCount() >= 0;
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
