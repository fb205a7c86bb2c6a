package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/** Disk usage in bytes. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record DiskStat(
    @U64 @JsonProperty("TotalBytesUsed") long totalBytesUsed,
    @U64 @JsonProperty("TotalInodesUsed") long totalInodesUsed,
    @U64 @JsonProperty("ExclusiveBytesUsed") long exclusiveBytesUsed,
    @U64 @JsonProperty("ExclusiveInodesUsed") long exclusiveInodesUsed) {}
