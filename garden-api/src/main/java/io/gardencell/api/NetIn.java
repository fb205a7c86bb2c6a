package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;

/** A port to be mapped when the container is made; zero ports are written. */
public record NetIn(
    @JsonInclude(JsonInclude.Include.ALWAYS)
        @JsonDeserialize(using = WireNumbers.U32Reader.class)
        @JsonProperty("host_port")
        long hostPort,
    @JsonInclude(JsonInclude.Include.ALWAYS)
        @JsonDeserialize(using = WireNumbers.U32Reader.class)
        @JsonProperty("container_port")
        long containerPort) {}
