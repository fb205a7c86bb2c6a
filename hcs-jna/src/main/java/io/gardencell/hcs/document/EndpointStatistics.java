package io.gardencell.hcs.document;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Traffic counters of an endpoint since it was made. */
public record EndpointStatistics(
    @JsonProperty("BytesReceived") long bytesReceived,
    @JsonProperty("BytesSent") long bytesSent,
    @JsonProperty("PacketsReceived") long packetsReceived,
    @JsonProperty("PacketsSent") long packetsSent,
    @JsonProperty("DroppedPacketsIncoming") long droppedPacketsIncoming,
    @JsonProperty("DroppedPacketsOutgoing") long droppedPacketsOutgoing,
    @JsonProperty("EndpointId") String endpointId,
    @JsonProperty("InstanceId") String instanceId) {

  public EndpointStatistics {
    endpointId = SystemDocument.text(endpointId);
    instanceId = SystemDocument.text(instanceId);
  }
}
