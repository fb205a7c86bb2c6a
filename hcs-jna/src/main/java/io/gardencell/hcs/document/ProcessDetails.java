package io.gardencell.hcs.document;

import com.fasterxml.jackson.annotation.JsonProperty;

/** One process of a compute system's process list; times in 100 ns, sizes in bytes. */
public record ProcessDetails(
    @JsonProperty("ProcessId") long processId,
    @JsonProperty("ImageName") String imageName,
    @JsonProperty("CreateTimestamp") String createTimestamp,
    @JsonProperty("KernelTime100ns") long kernelTime100ns,
    @JsonProperty("UserTime100ns") long userTime100ns,
    @JsonProperty("MemoryCommitBytes") long memoryCommitBytes,
    @JsonProperty("MemoryWorkingSetPrivateBytes") long memoryWorkingSetPrivateBytes,
    @JsonProperty("MemoryWorkingSetSharedBytes") long memoryWorkingSetSharedBytes) {

  public ProcessDetails {
    imageName = SystemDocument.text(imageName);
    createTimestamp = SystemDocument.text(createTimestamp);
  }
}
