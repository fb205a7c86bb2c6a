package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** Answer of List. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ListResponse(@JsonProperty("Handles") List<String> handles) {

  public ListResponse {
    handles = Absent.texts(handles);
  }
}
