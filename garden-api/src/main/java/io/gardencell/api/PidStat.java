package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/** Number of processes. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record PidStat(
    @U64 @JsonProperty("Current") long current, @U64 @JsonProperty("Max") long max) {}
