package io.gardencell.hcs.document;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Statistics of a compute system. Times are in units of 100 ns, sizes in bytes.
 *
 * @param containerStartTime ISO 8601 with up to nine fraction digits, as HCS writes it
 */
public record Statistics(
    @JsonProperty("Timestamp") String timestamp,
    @JsonProperty("ContainerStartTime") String containerStartTime,
    @JsonProperty("Uptime100ns") long uptime100ns,
    @JsonProperty("Memory") Memory memory,
    @JsonProperty("Processor") Processor processor,
    @JsonProperty("Storage") Storage storage,
    @JsonProperty("Network") List<EndpointStatistics> network) {

  public Statistics {
    timestamp = SystemDocument.text(timestamp);
    containerStartTime = SystemDocument.text(containerStartTime);
    memory = orElse(memory, new Memory(0, 0, 0));
    processor = orElse(processor, new Processor(0, 0, 0));
    storage = orElse(storage, new Storage(0, 0, 0, 0));
    network = SystemDocument.list(network);
  }

  private static <T> T orElse(@Nullable T value, T other) {
    return value == null ? other : value;
  }

  /** Memory in bytes; commit is what a limit counts. */
  public record Memory(
      @JsonProperty("MemoryUsageCommitBytes") long commitBytes,
      @JsonProperty("MemoryUsageCommitPeakBytes") long commitPeakBytes,
      @JsonProperty("MemoryUsagePrivateWorkingSetBytes") long privateWorkingSetBytes) {}

  /** Processor time in units of 100 ns. */
  public record Processor(
      @JsonProperty("TotalRuntime100ns") long totalRuntime100ns,
      @JsonProperty("RuntimeUser100ns") long runtimeUser100ns,
      @JsonProperty("RuntimeKernel100ns") long runtimeKernel100ns) {}

  /** Storage operations. */
  public record Storage(
      @JsonProperty("ReadCountNormalized") long readCountNormalized,
      @JsonProperty("ReadSizeBytes") long readSizeBytes,
      @JsonProperty("WriteCountNormalized") long writeCountNormalized,
      @JsonProperty("WriteSizeBytes") long writeSizeBytes) {}
}
