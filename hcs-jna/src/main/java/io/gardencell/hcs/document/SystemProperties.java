package io.gardencell.hcs.document;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What HCS tells of a compute system, from an enumeration or a property query; only the fields we
 * use, the rest is ignored.
 *
 * @param state {@code Created}, {@code Running}, {@code Paused}, {@code Stopped}...
 * @param stopped true when the system has ended but is still listed
 * @param exitType HCS's word for how it ended; may be empty
 * @param statistics only when asked for
 * @param processList only when asked for, else empty
 */
public record SystemProperties(
    @JsonProperty("Id") String id,
    @JsonProperty("State") String state,
    @JsonProperty("Name") String name,
    @JsonProperty("SystemType") String systemType,
    @JsonProperty("RuntimeOsType") String runtimeOsType,
    @JsonProperty("Owner") String owner,
    @JsonProperty("Stopped") boolean stopped,
    @JsonProperty("ExitType") String exitType,
    @JsonProperty("Statistics") @Nullable Statistics statistics,
    @JsonProperty("ProcessList") List<ProcessDetails> processList) {

  public SystemProperties {
    id = SystemDocument.text(id);
    state = SystemDocument.text(state);
    name = SystemDocument.text(name);
    systemType = SystemDocument.text(systemType);
    runtimeOsType = SystemDocument.text(runtimeOsType);
    owner = SystemDocument.text(owner);
    exitType = SystemDocument.text(exitType);
    processList = SystemDocument.list(processList);
  }

  /** Whether HCS says that the system has ended. */
  public boolean hasStopped() {
    return stopped || state.equals("Stopped");
  }
}
