package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/** Processor time in nanoseconds. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record CpuStat(
    @U64 @JsonProperty("Usage") long usage,
    @U64 @JsonProperty("User") long user,
    @U64 @JsonProperty("System") long system) {}
