package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/** Body of Stop; its only field is always written. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record StopRequest(@JsonProperty("kill") boolean kill) {}
