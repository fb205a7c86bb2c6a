package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Limit of the number of processes; not enforced on Windows. */
public record PidLimits(@U64 @JsonProperty("max") long max) {

  /** The empty object of the wire. */
  public static final PidLimits NONE = new PidLimits(0);
}
