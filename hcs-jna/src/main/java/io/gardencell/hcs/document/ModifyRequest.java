package io.gardencell.hcs.document;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.ALWAYS;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A change of a running compute system (schema v1).
 *
 * @param settings for resource type {@code Network}, the only one that is asked for, the endpoint's
 *     id
 */
public record ModifyRequest(
    @JsonInclude(ALWAYS) @JsonProperty("ResourceType") String resourceType,
    @JsonInclude(ALWAYS) @JsonProperty("Settings") String settings,
    @JsonInclude(ALWAYS) @JsonProperty("RequestType") String requestType) {

  /** Hot-attaches a network endpoint. */
  public static ModifyRequest addEndpoint(String endpointId) {
    return new ModifyRequest("Network", endpointId, "Add");
  }

  /** Hot-detaches a network endpoint. */
  public static ModifyRequest removeEndpoint(String endpointId) {
    return new ModifyRequest("Network", endpointId, "Remove");
  }
}
