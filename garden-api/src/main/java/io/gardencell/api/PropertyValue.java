package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/** Value of a property. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record PropertyValue(@JsonProperty("value") String value) {

  public PropertyValue {
    value = Absent.text(value);
  }
}
