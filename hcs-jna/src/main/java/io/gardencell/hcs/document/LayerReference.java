package io.gardencell.hcs.document;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A read-only layer of a compute system.
 *
 * @param id lower-case GUID that NameToGuid gives for the last element of the path
 * @param path absolute folder of the layer
 */
public record LayerReference(@JsonProperty("ID") String id, @JsonProperty("Path") String path) {

  public LayerReference {
    id = SystemDocument.text(id);
    path = SystemDocument.text(path);
  }
}
