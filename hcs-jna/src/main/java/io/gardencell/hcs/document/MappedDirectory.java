package io.gardencell.hcs.document;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.ALWAYS;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A host directory seen inside a compute system; all but {@code LinuxMetadata} are always written.
 */
public record MappedDirectory(
    @JsonInclude(ALWAYS) @JsonProperty("HostPath") String hostPath,
    @JsonInclude(ALWAYS) @JsonProperty("ContainerPath") String containerPath,
    @JsonInclude(ALWAYS) @JsonProperty("ReadOnly") boolean readOnly,
    @JsonInclude(ALWAYS) @JsonProperty("BandwidthMaximum") long bandwidthMaximum,
    @JsonInclude(ALWAYS) @JsonProperty("IOPSMaximum") long iopsMaximum,
    @JsonInclude(ALWAYS) @JsonProperty("CreateInUtilityVM") boolean createInUtilityVm,
    @JsonProperty("LinuxMetadata") boolean linuxMetadata) {

  public MappedDirectory {
    hostPath = SystemDocument.text(hostPath);
    containerPath = SystemDocument.text(containerPath);
  }

  /** A mapping without limits. */
  public static MappedDirectory of(String hostPath, String containerPath, boolean readOnly) {
    return new MappedDirectory(hostPath, containerPath, readOnly, 0, 0, false, false);
  }
}
