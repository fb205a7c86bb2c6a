package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import org.jspecify.annotations.Nullable;

/** Addresses from start to end, both included; null where absent. */
public record IpRange(
    @JsonInclude(JsonInclude.Include.NON_NULL)
        @JsonDeserialize(using = WireNumbers.IpReader.class)
        @JsonProperty("start")
        @Nullable IpAddress start,
    @JsonInclude(JsonInclude.Include.NON_NULL)
        @JsonDeserialize(using = WireNumbers.IpReader.class)
        @JsonProperty("end")
        @Nullable IpAddress end) {}
