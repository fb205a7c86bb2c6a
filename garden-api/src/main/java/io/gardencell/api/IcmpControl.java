package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import org.jspecify.annotations.Nullable;

/**
 * Which ICMP messages a rule is for.
 *
 * @param code null = all codes of the type
 */
public record IcmpControl(
    @JsonDeserialize(using = WireNumbers.U8Reader.class) @JsonProperty("type") int type,
    @JsonInclude(JsonInclude.Include.NON_NULL)
        @JsonDeserialize(using = WireNumbers.U8Reader.class)
        @JsonProperty("code")
        @Nullable Integer code) {}
