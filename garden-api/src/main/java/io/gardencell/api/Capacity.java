package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What a cell offers; zero fields are left out.
 *
 * @param maxContainers 18446744073709551615 = no limit
 */
public record Capacity(
    @U64 @JsonProperty("memory_in_bytes") long memoryInBytes,
    @U64 @JsonProperty("disk_in_bytes") long diskInBytes,
    @U64 @JsonProperty("schedulable_disk_in_bytes") long schedulableDiskInBytes,
    @U64 @JsonProperty("max_containers") long maxContainers) {}
