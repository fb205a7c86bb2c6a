package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/** The wish for a terminal; its presence is what counts. */
public record TtySpec(
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("window_size")
        @Nullable WindowSize windowSize) {}
