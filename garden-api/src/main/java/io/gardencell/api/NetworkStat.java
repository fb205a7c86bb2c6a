package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/** Traffic in bytes. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record NetworkStat(
    @U64 @JsonProperty("RxBytes") long rxBytes, @U64 @JsonProperty("TxBytes") long txBytes) {}
