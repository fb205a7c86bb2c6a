package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;

/** The mapped port. */
public record NetInResponse(
    @JsonDeserialize(using = WireNumbers.U32Reader.class) @JsonProperty("host_port") long hostPort,
    @JsonDeserialize(using = WireNumbers.U32Reader.class) @JsonProperty("container_port")
        long containerPort) {}
