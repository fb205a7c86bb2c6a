package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/** The error object of the protocol; all five keys are always written. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ErrorBody(
    @JsonProperty("Type") String type,
    @JsonProperty("Message") String message,
    @JsonProperty("Handle") String handle,
    @JsonProperty("ProcessID") String processId,
    @JsonProperty("Binary") String binary) {

  public ErrorBody {
    type = Absent.text(type);
    message = Absent.text(message);
    handle = Absent.text(handle);
    processId = Absent.text(processId);
    binary = Absent.text(binary);
  }

  /** An error without handle and process id. */
  public static ErrorBody of(ErrorType type, String message) {
    return new ErrorBody(type.wireName(), message, "", "", "");
  }

  /** The kind of error. */
  @JsonIgnore
  public ErrorType errorType() {
    return ErrorType.ofWireName(type);
  }
}
