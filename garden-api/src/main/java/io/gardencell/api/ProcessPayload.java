package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import org.jspecify.annotations.Nullable;

/**
 * A message of the control stream of a process, in either direction (garden: transport/payload.go).
 *
 * @param source 0 stdin, 1 stdout, 2 stderr; other numbers are as good as 0 to the server
 * @param signal 0 terminate, 1 kill
 */
public record ProcessPayload(
    @JsonProperty("process_id") String processId,
    @JsonProperty("stream_id") String streamId,
    @JsonInclude(JsonInclude.Include.NON_NULL)
        @JsonDeserialize(using = WireNumbers.I64Reader.class)
        @JsonProperty("source")
        @Nullable Long source,
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("data") @Nullable String data,
    @JsonInclude(JsonInclude.Include.NON_NULL)
        @JsonDeserialize(using = WireNumbers.I64Reader.class)
        @JsonProperty("exit_status")
        @Nullable Long exitStatus,
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("error") @Nullable String error,
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("tty") @Nullable TtySpec tty,
    @JsonInclude(JsonInclude.Include.NON_NULL)
        @JsonDeserialize(using = WireNumbers.I64Reader.class)
        @JsonProperty("signal")
        @Nullable Long signal) {

  public ProcessPayload {
    processId = Absent.text(processId);
    streamId = Absent.text(streamId);
  }

  /** The first message of the server. */
  public static ProcessPayload started(String processId, String streamId) {
    return new ProcessPayload(processId, streamId, null, null, null, null, null, null);
  }

  /** The last message of the server. */
  public static ProcessPayload exited(String processId, long exitStatus) {
    return new ProcessPayload(processId, "", null, null, exitStatus, null, null, null);
  }

  /** The last message of the server when the exit status cannot be known. */
  public static ProcessPayload failed(String processId, String error) {
    return new ProcessPayload(processId, "", null, null, null, error, null, null);
  }

  /** Bytes for the standard input; null data closes it. */
  public static ProcessPayload stdin(String processId, @Nullable String data) {
    return new ProcessPayload(processId, "", 0L, data, null, null, null, null);
  }

  /** A signal: 0 terminate, 1 kill. */
  public static ProcessPayload signal(String processId, long signal) {
    return new ProcessPayload(processId, "", null, null, null, null, null, signal);
  }
}
