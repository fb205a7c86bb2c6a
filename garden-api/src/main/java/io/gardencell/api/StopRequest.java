package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Body of Stop. */
public record StopRequest(@JsonProperty("kill") boolean kill) {}
