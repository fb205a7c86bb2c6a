package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;

/**
 * Request to map a port; zero ports are absent.
 *
 * @param handle ignored, the path decides
 */
public record NetInRequest(
    @JsonProperty("handle") String handle,
    @JsonDeserialize(using = WireNumbers.U32Reader.class) @JsonProperty("host_port") long hostPort,
    @JsonDeserialize(using = WireNumbers.U32Reader.class) @JsonProperty("container_port")
        long containerPort) {

  public NetInRequest {
    handle = Absent.text(handle);
  }
}
