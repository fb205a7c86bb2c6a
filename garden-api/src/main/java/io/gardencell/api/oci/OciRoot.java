package io.gardencell.api.oci;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.ALWAYS;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The container's root file system.
 *
 * @param path on Windows the volume of the sandbox layer, {@code \\?\Volume{GUID}\}
 */
public record OciRoot(@JsonInclude(ALWAYS) @JsonProperty("path") String path) {

  public OciRoot {
    path = OciSpec.text(path);
  }
}
