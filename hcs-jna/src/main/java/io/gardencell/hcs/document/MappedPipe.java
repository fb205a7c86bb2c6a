package io.gardencell.hcs.document;

import com.fasterxml.jackson.annotation.JsonProperty;

/** A named pipe of the host seen inside a compute system. */
public record MappedPipe(
    @JsonProperty("HostPath") String hostPath,
    @JsonProperty("ContainerPipeName") String containerPipeName) {

  public MappedPipe {
    hostPath = SystemDocument.text(hostPath);
    containerPipeName = SystemDocument.text(containerPipeName);
  }
}
