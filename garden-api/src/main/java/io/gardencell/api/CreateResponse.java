package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/** Answer of Create. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record CreateResponse(@JsonProperty("Handle") String handle) {

  public CreateResponse {
    handle = Absent.text(handle);
  }
}
