package io.gardencell.server.gardener;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.gardencell.api.Limits;
import io.gardencell.api.NetOutRule;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is remembered of a container across restarts; the content of its state file.
 *
 * @param createdMillis when it was made, since the epoch
 * @param env environment of the image, then that of the spec
 */
record SavedContainer(
    @JsonProperty("version") int version,
    @JsonProperty("handle") String handle,
    @JsonProperty("phase") Phase phase,
    @JsonProperty("created_millis") long createdMillis,
    @JsonProperty("privileged") boolean privileged,
    @JsonProperty("limits") Limits limits,
    @JsonProperty("env") List<String> env,
    @JsonProperty("properties") Map<String, String> properties,
    @JsonProperty("netout_rules") List<NetOutRule> netOut,
    @JsonProperty("processes") List<SavedProcess> processes) {

  static final int VERSION = 1;

  /** Where a container is in its life. */
  enum Phase {
    CREATING,
    CREATED,
    DESTROYING,
    /** Something could not be undone; destroy can be repeated. */
    STUCK
  }

  /**
   * A process that was started.
   *
   * @param sidecar whether it has a root file system of its own
   */
  record SavedProcess(
      @JsonProperty("id") String id,
      @JsonProperty("pid") long pid,
      @JsonProperty("sidecar") boolean sidecar) {}

  SavedContainer {
    phase = phase == null ? Phase.STUCK : phase;
    limits = limits == null ? Limits.NONE : limits;
    env = env == null ? List.of() : List.copyOf(env);
    properties = properties == null ? Map.of() : Map.copyOf(new TreeMap<>(properties));
    netOut = netOut == null ? List.of() : List.copyOf(netOut);
    processes = processes == null ? List.of() : List.copyOf(processes);
  }

  /** A container of which nothing but the handle is known. */
  static SavedContainer unknown(String handle, long createdMillis) {
    return new SavedContainer(
        VERSION,
        handle,
        Phase.STUCK,
        createdMillis,
        false,
        Limits.NONE,
        List.of(),
        Map.of(),
        List.of(),
        List.of());
  }

  SavedContainer withPhase(Phase other) {
    return new SavedContainer(
        version,
        handle,
        other,
        createdMillis,
        privileged,
        limits,
        env,
        properties,
        netOut,
        processes);
  }

  SavedContainer withEnv(List<String> other) {
    return new SavedContainer(
        version,
        handle,
        phase,
        createdMillis,
        privileged,
        limits,
        other,
        properties,
        netOut,
        processes);
  }

  SavedContainer withProperties(Map<String, String> other) {
    return new SavedContainer(
        version, handle, phase, createdMillis, privileged, limits, env, other, netOut, processes);
  }

  SavedContainer withNetOut(List<NetOutRule> other) {
    return new SavedContainer(
        version,
        handle,
        phase,
        createdMillis,
        privileged,
        limits,
        env,
        properties,
        other,
        processes);
  }

  SavedContainer withProcesses(List<SavedProcess> other) {
    return new SavedContainer(
        version, handle, phase, createdMillis, privileged, limits, env, properties, netOut, other);
  }
}
