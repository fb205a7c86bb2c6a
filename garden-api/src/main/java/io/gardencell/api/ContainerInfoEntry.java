package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * One container of a bulk answer.
 *
 * @param err null on success
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ContainerInfoEntry(
    @JsonProperty("Info") ContainerInfo info, @JsonProperty("Err") @Nullable ErrorBody err) {

  public ContainerInfoEntry {
    info = Absent.or(info, ContainerInfo.NONE);
  }

  /** A failure. */
  public static ContainerInfoEntry failed(GardenException failure) {
    return new ContainerInfoEntry(ContainerInfo.NONE, failure.body());
  }
}
