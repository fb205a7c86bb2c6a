package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Processor limit.
 *
 * @param weight relative weight; wins over shares when not 0
 * @param limitInShares the deprecated form
 */
public record CpuLimits(
    @U64 @JsonProperty("weight") long weight,
    @U64 @JsonProperty("limit_in_shares") long limitInShares) {

  /** The empty object of the wire. */
  public static final CpuLimits NONE = new CpuLimits(0, 0);

  /** The weight, or the shares where there is none; unsigned. */
  @JsonIgnore
  public long shares() {
    return weight != 0 ? weight : limitInShares;
  }
}
