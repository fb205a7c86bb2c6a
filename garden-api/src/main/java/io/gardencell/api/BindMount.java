package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;

/**
 * A host directory to be seen in the container.
 *
 * @param mode 0 read-only, 1 read-write
 * @param origin 0 host, 1 container
 */
public record BindMount(
    @JsonProperty("src_path") String srcPath,
    @JsonProperty("dst_path") String dstPath,
    @JsonDeserialize(using = WireNumbers.U8Reader.class) @JsonProperty("mode") int mode,
    @JsonDeserialize(using = WireNumbers.U8Reader.class) @JsonProperty("origin") int origin) {

  public BindMount {
    srcPath = Absent.text(srcPath);
    dstPath = Absent.text(dstPath);
  }

  /** Whether the container may write to it. */
  @JsonIgnore
  public boolean isWritable() {
    return mode == 1;
  }
}
