package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;

/** A mapped port in a container's info. */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record MappedPort(
    @JsonDeserialize(using = WireNumbers.U32Reader.class) @JsonProperty("HostPort") long hostPort,
    @JsonDeserialize(using = WireNumbers.U32Reader.class) @JsonProperty("ContainerPort")
        long containerPort) {}
