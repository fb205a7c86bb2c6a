package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Memory limit.
 *
 * @param limitInBytes unsigned, 0 = unlimited
 */
public record MemoryLimits(@U64 @JsonProperty("limit_in_bytes") long limitInBytes) {

  /** The empty object of the wire. */
  public static final MemoryLimits NONE = new MemoryLimits(0);
}
