package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Network bandwidth limit; not enforced on Windows.
 *
 * @param rate bytes per second
 * @param burst bytes
 */
public record BandwidthLimits(
    @U64 @JsonProperty("rate") long rate, @U64 @JsonProperty("burst") long burst) {

  /** The empty object of the wire. */
  public static final BandwidthLimits NONE = new BandwidthLimits(0, 0);
}
