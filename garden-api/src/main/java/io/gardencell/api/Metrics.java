package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Figures of a container; nothing is left out.
 *
 * @param network null where it is not known
 * @param age since the container was made
 * @param cpuEntitlement nanoseconds of processor time it was entitled to
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Metrics(
    @JsonProperty("MemoryStat") MemoryStat memory,
    @JsonProperty("CPUStat") CpuStat cpu,
    @JsonProperty("DiskStat") DiskStat disk,
    @JsonProperty("NetworkStat") @Nullable NetworkStat network,
    @JsonProperty("PidStat") PidStat pid,
    @JsonDeserialize(using = WireNumbers.NanosReader.class)
        @JsonSerialize(using = WireNumbers.NanosWriter.class)
        @JsonProperty("Age")
        Duration age,
    @U64 @JsonProperty("CPUEntitlement") long cpuEntitlement) {

  public Metrics {
    memory = memory == null ? MemoryStat.ofCommit(0) : memory;
    cpu = cpu == null ? new CpuStat(0, 0, 0) : cpu;
    disk = disk == null ? new DiskStat(0, 0, 0, 0) : disk;
    pid = pid == null ? new PidStat(0, 0) : pid;
    age = Absent.or(age, Duration.ZERO);
  }

  /** The figures of a bulk entry that failed. */
  public static final Metrics NONE =
      new Metrics(
          MemoryStat.ofCommit(0),
          new CpuStat(0, 0, 0),
          new DiskStat(0, 0, 0, 0),
          null,
          new PidStat(0, 0),
          Duration.ZERO,
          0);
}
