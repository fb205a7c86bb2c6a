package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;

/** Ports from start to end, both included. */
public record PortRange(
    @JsonDeserialize(using = WireNumbers.U16Reader.class) @JsonProperty("start") int start,
    @JsonDeserialize(using = WireNumbers.U16Reader.class) @JsonProperty("end") int end) {}
