package io.gardencell.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gardencell.runtime.bundle.GoJsonErrors;
import io.gardencell.runtime.bundle.GoJsonSyntax;
import io.gardencell.runtime.bundle.JsonMembers;

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
 */
public record StateFile(
    String bundle, long pid, long startTime, boolean execFailed, String mountedVolume) {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  static StateFile created(String bundle) {
    return new StateFile(bundle, 0, 0, false, "");
  }

  StateFile started(long newPid, long newStartTime, String volume) {
    return new StateFile(bundle, newPid, newStartTime, false, volume);
  }

  /** The same without an init process, which could not be started. */
  StateFile failed() {
    return new StateFile(bundle, 0, 0, true, "");
  }

  String json() {
    ObjectNode state = MAPPER.createObjectNode();
    state.put("bundle", bundle).put("pid", pid);
    state
        .putObject("start_time")
        .put("LowDateTime", startTime & 0xFFFF_FFFFL)
        .put("HighDateTime", startTime >>> 32);
    state.put("exec_failed", execFailed);
    if (!mountedVolume.isEmpty()) {
      state.put("mounted_volume", mountedVolume);
    }
    return state.toString();
  }

  /**
   * Reads the text of a file.
   *
   * @throws IllegalArgumentException with the decoder's text
   */
  static StateFile parse(String json) {
    JsonNode state;
    try {
      state = MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(GoJsonErrors.text(json, e), e);
    }
    if (!state.isObject()) {
      throw new IllegalArgumentException(
          GoJsonSyntax.error(json).orElse("state: expected a JSON object"));
    }
    JsonNode time = JsonMembers.member(state, "start_time");
    long low = JsonMembers.member(time, "LowDateTime").asLong();
    long high = JsonMembers.member(time, "HighDateTime").asLong();
    return new StateFile(
        JsonMembers.member(state, "bundle").asText(),
        JsonMembers.member(state, "pid").asLong(),
        high << 32 | (low & 0xFFFF_FFFFL),
        JsonMembers.member(state, "exec_failed").asBoolean(),
        JsonMembers.member(state, "mounted_volume").asText());
  }
}
