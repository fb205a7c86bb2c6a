package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;

/**
 * Disk limit.
 *
 * @param byteHard bytes, unsigned, 0 = none
 * @param scope 0 total, 1 exclusive (the image is not counted)
 */
public record DiskLimits(
    @U64 @JsonProperty("inode_soft") long inodeSoft,
    @U64 @JsonProperty("inode_hard") long inodeHard,
    @U64 @JsonProperty("byte_soft") long byteSoft,
    @U64 @JsonProperty("byte_hard") long byteHard,
    @JsonDeserialize(using = WireNumbers.U8Reader.class) @JsonProperty("scope") int scope) {

  /** The empty object of the wire. */
  public static final DiskLimits NONE = new DiskLimits(0, 0, 0, 0, 0);
}
