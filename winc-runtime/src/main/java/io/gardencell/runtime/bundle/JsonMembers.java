package io.gardencell.runtime.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Map;

/** Looks up members as the reference's decoder does. */
public final class JsonMembers {

  private JsonMembers() {}

  /** A member by name without regard to case; of several the last. */
  public static JsonNode member(JsonNode object, String name) {
    JsonNode found = MissingNode.getInstance();
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      if (entry.getKey().equalsIgnoreCase(name)) {
        found = entry.getValue();
      }
    }
    return found;
  }
}
