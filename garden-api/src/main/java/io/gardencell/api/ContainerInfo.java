package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Facts of a container; nothing is left out.
 *
 * @param state {@code active} or {@code stopped}
 * @param events null when none
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ContainerInfo(
    @JsonProperty("State") String state,
    @JsonProperty("Events") @Nullable List<String> events,
    @JsonProperty("HostIP") String hostIp,
    @JsonProperty("ContainerIP") String containerIp,
    @JsonProperty("ContainerIPv6") String containerIpv6,
    @JsonProperty("ExternalIP") String externalIp,
    @JsonProperty("ContainerPath") String containerPath,
    @JsonProperty("ProcessIDs") @Nullable List<String> processIds,
    @JsonProperty("Properties") @Nullable Map<String, String> properties,
    @JsonProperty("MappedPorts") @Nullable List<MappedPort> mappedPorts) {

  public ContainerInfo {
    state = Absent.text(state);
    events = events == null ? null : Absent.texts(events);
    processIds = processIds == null ? null : Absent.texts(processIds);
    properties = properties == null ? null : Absent.map(properties);
    mappedPorts = mappedPorts == null ? null : Absent.list(mappedPorts);
    hostIp = Absent.text(hostIp);
    containerIp = Absent.text(containerIp);
    containerIpv6 = Absent.text(containerIpv6);
    externalIp = Absent.text(externalIp);
    containerPath = Absent.text(containerPath);
  }

  /** The info of a bulk entry that failed. */
  public static final ContainerInfo NONE =
      new ContainerInfo("", null, "", "", "", "", "", null, null, null);
}
