package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/** POSIX resource limits; 0 is a value, null is unset. Without effect on Windows. */
public record ResourceLimits(
    @JsonInclude(JsonInclude.Include.NON_NULL) @U64 @JsonProperty("as") @Nullable Long as,
    @JsonInclude(JsonInclude.Include.NON_NULL) @U64 @JsonProperty("core") @Nullable Long core,
    @JsonInclude(JsonInclude.Include.NON_NULL) @U64 @JsonProperty("cpu") @Nullable Long cpu,
    @JsonInclude(JsonInclude.Include.NON_NULL) @U64 @JsonProperty("data") @Nullable Long data,
    @JsonInclude(JsonInclude.Include.NON_NULL) @U64 @JsonProperty("fsize") @Nullable Long fsize,
    @JsonInclude(JsonInclude.Include.NON_NULL) @U64 @JsonProperty("locks") @Nullable Long locks,
    @JsonInclude(JsonInclude.Include.NON_NULL) @U64 @JsonProperty("memlock") @Nullable Long memlock,
    @JsonInclude(JsonInclude.Include.NON_NULL) @U64 @JsonProperty("msgqueue")
        @Nullable Long msgqueue,
    @JsonInclude(JsonInclude.Include.NON_NULL) @U64 @JsonProperty("nice") @Nullable Long nice,
    @JsonInclude(JsonInclude.Include.NON_NULL) @U64 @JsonProperty("nofile") @Nullable Long nofile,
    @JsonInclude(JsonInclude.Include.NON_NULL) @U64 @JsonProperty("nproc") @Nullable Long nproc,
    @JsonInclude(JsonInclude.Include.NON_NULL) @U64 @JsonProperty("rss") @Nullable Long rss,
    @JsonInclude(JsonInclude.Include.NON_NULL) @U64 @JsonProperty("rtprio") @Nullable Long rtprio,
    @JsonInclude(JsonInclude.Include.NON_NULL) @U64 @JsonProperty("sigpending")
        @Nullable Long sigpending,
    @JsonInclude(JsonInclude.Include.NON_NULL) @U64 @JsonProperty("stack") @Nullable Long stack) {

  /** The empty object of the wire. */
  public static final ResourceLimits NONE =
      new ResourceLimits(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);
}
