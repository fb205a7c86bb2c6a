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
public record ContainerMetricsEntry(
    @JsonProperty("Metrics") Metrics metrics, @JsonProperty("Err") @Nullable ErrorBody err) {

  public ContainerMetricsEntry {
    metrics = Absent.or(metrics, Metrics.NONE);
  }

  /** A failure. */
  public static ContainerMetricsEntry failed(GardenException failure) {
    return new ContainerMetricsEntry(Metrics.NONE, failure.body());
  }
}
