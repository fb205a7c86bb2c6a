package io.gardencell.server.depot;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.gardencell.api.Limits;
import io.gardencell.api.NetOutRule;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is remembered of a container across restarts; the content of its state file.
 *
 * @param origin what it was made with
 */
public record SavedContainer(
    @JsonProperty("version") int version,
    @JsonProperty("handle") String handle,
    @JsonProperty("phase") Phase phase,
    @JsonProperty("origin") Origin origin,
    @JsonProperty("properties") Map<String, String> properties,
    @JsonProperty("netout_rules") List<NetOutRule> netOut,
    @JsonProperty("processes") List<SavedProcess> processes) {

  static final int VERSION = 1;

  /** Where a container is in its life. */
  public enum Phase {
    CREATING,
    CREATED,
    DESTROYING,
    /** Something could not be undone, or what it was is not known; destroy can be repeated. */
    STUCK
  }

  /**
   * What never changes of a container.
   *
   * @param createdMillis when it was made, since the epoch
   * @param rawRoot whether its root file system is a directory that no image plugin made
   * @param env environment of the image, then that of the spec
   */
  public record Origin(
      @JsonProperty("created_millis") long createdMillis,
      @JsonProperty("privileged") boolean privileged,
      @JsonProperty("raw_root") boolean rawRoot,
      @JsonProperty("limits") Limits limits,
      @JsonProperty("env") List<String> env) {

    public Origin {
      limits = limits == null ? Limits.NONE : limits;
      env = env == null ? List.of() : List.copyOf(env);
    }

    /** Of a container of which no more is known. */
    public static Origin unknown(long createdMillis) {
      return new Origin(createdMillis, false, false, Limits.NONE, List.of());
    }

    /** The same with the environment of processes and the kind of root. */
    public Origin made(boolean isRaw, List<String> processEnv) {
      return new Origin(createdMillis, privileged, isRaw, limits, processEnv);
    }
  }

  /**
   * A process that was started.
   *
   * @param pid 0 while it is being started
   * @param sidecar whether it has a root file system of its own
   * @param startedMillis since the epoch
   */
  public record SavedProcess(
      @JsonProperty("id") String id,
      @JsonProperty("pid") long pid,
      @JsonProperty("sidecar") boolean sidecar,
      @JsonProperty("started_millis") long startedMillis) {}

  public SavedContainer {
    phase = phase == null ? Phase.STUCK : phase;
    origin = origin == null ? Origin.unknown(0) : origin;
    properties = properties == null ? Map.of() : Map.copyOf(new TreeMap<>(properties));
    netOut = netOut == null ? List.of() : List.copyOf(netOut);
    processes = processes == null ? List.of() : List.copyOf(processes);
  }

  /** A container that is only begun, or of which not much is known. */
  public static SavedContainer of(String handle, Phase phase, Origin origin) {
    return new SavedContainer(VERSION, handle, phase, origin, Map.of(), List.of(), List.of());
  }

  public SavedContainer withPhase(Phase other) {
    return new SavedContainer(version, handle, other, origin, properties, netOut, processes);
  }

  public SavedContainer withOrigin(Origin other) {
    return new SavedContainer(version, handle, phase, other, properties, netOut, processes);
  }

  public SavedContainer withProperties(Map<String, String> other) {
    return new SavedContainer(version, handle, phase, origin, other, netOut, processes);
  }

  public SavedContainer withNetOut(List<NetOutRule> other) {
    return new SavedContainer(version, handle, phase, origin, properties, other, processes);
  }

  public SavedContainer withProcesses(List<SavedProcess> other) {
    return new SavedContainer(version, handle, phase, origin, properties, netOut, other);
  }
}
