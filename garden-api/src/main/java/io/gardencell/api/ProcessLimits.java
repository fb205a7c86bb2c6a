package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Limits of a process in place of its container's; its presence is what counts. */
public record ProcessLimits(
    @JsonProperty("cpu_limits") CpuLimits cpu, @JsonProperty("memory_limits") MemoryLimits memory) {

  public ProcessLimits {
    cpu = Absent.or(cpu, CpuLimits.NONE);
    memory = Absent.or(memory, MemoryLimits.NONE);
  }
}
