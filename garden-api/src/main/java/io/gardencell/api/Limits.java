package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Limits of a container; all objects are always written. */
public record Limits(
    @JsonProperty("bandwidth_limits") BandwidthLimits bandwidth,
    @JsonProperty("cpu_limits") CpuLimits cpu,
    @JsonProperty("disk_limits") DiskLimits disk,
    @JsonProperty("memory_limits") MemoryLimits memory,
    @JsonProperty("pid_limits") PidLimits pid) {

  public Limits {
    bandwidth = Absent.or(bandwidth, BandwidthLimits.NONE);
    cpu = Absent.or(cpu, CpuLimits.NONE);
    disk = Absent.or(disk, DiskLimits.NONE);
    memory = Absent.or(memory, MemoryLimits.NONE);
    pid = Absent.or(pid, PidLimits.NONE);
  }

  /** No limits. */
  public static final Limits NONE =
      new Limits(
          BandwidthLimits.NONE, CpuLimits.NONE, DiskLimits.NONE, MemoryLimits.NONE, PidLimits.NONE);
}
