package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;

/** Size of a terminal in characters. */
public record WindowSize(
    @JsonDeserialize(using = WireNumbers.U16Reader.class) @JsonProperty("columns") int columns,
    @JsonDeserialize(using = WireNumbers.U16Reader.class) @JsonProperty("rows") int rows) {}
