package io.gardencell.hcs.document;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.ALWAYS;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What HCS tells of a process.
 *
 * @param exitCode unsigned 32 bits; valid once exited
 * @param lastWaitResult unsigned 32 bits; not 0 when HCS could not find out how the process ended
 */
public record ProcessProperties(
    @JsonInclude(ALWAYS) @JsonProperty("ProcessId") long processId,
    @JsonInclude(ALWAYS) @JsonProperty("Exited") boolean exited,
    @JsonInclude(ALWAYS) @JsonProperty("ExitCode") long exitCode,
    @JsonInclude(ALWAYS) @JsonProperty("LastWaitResult") long lastWaitResult) {

  /** What hcsshim says when HCS could not find out how a process ended: -1 in 32 bits. */
  private static final long UNKNOWN_STATUS = 0xFFFFFFFFL;

  /** How the process ended, unsigned 32 bits (Source: hcsshim: internal/hcs/process.go). */
  public long exitStatus() {
    return lastWaitResult == 0 ? exitCode & 0xFFFFFFFFL : UNKNOWN_STATUS;
  }
}
