package io.gardencell.api.oci;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.ALWAYS;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * A host directory seen in the container.
 *
 * @param options {@code bind}, {@code ro}, {@code rw}; read-only unless {@code rw} is there
 */
public record OciMount(
    @JsonInclude(ALWAYS) @JsonProperty("destination") String destination,
    @JsonProperty("type") String type,
    @JsonProperty("source") String source,
    @JsonProperty("options") List<String> options) {

  public OciMount {
    destination = OciSpec.text(destination);
    type = OciSpec.text(type);
    source = OciSpec.text(source);
    options = OciSpec.list(options);
  }

  /** A bind mount. */
  public static OciMount bind(String source, String destination, boolean readOnly) {
    return new OciMount(destination, "bind", source, List.of("bind", readOnly ? "ro" : "rw"));
  }
}
