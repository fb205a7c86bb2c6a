package io.gardencell.hcs.document;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.ALWAYS;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What HCS tells of a process.
 *
 * @param exitCode unsigned 32 bits; valid once exited
 * @param lastWaitResult not 0 when HCS could not find out how the process ended
 */
public record ProcessProperties(
    @JsonInclude(ALWAYS) @JsonProperty("ProcessId") long processId,
    @JsonInclude(ALWAYS) @JsonProperty("Exited") boolean exited,
    @JsonInclude(ALWAYS) @JsonProperty("ExitCode") long exitCode,
    @JsonInclude(ALWAYS) @JsonProperty("LastWaitResult") int lastWaitResult) {}
