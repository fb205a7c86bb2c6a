package io.gardencell.runtime.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Looks up members as the reference's decoder does: names without regard to case, {@code null} is
 * absent. A value of another type is an {@link IllegalArgumentException} naming member and value.
 */
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

  /** A text; empty if there is none. */
  public static String text(JsonNode object, String name) {
    return member(object, name, JsonNode::isTextual, "a string").asText("");
  }

  /** A whole number from 0 to {@code most}; 0 if there is none. */
  public static long number(JsonNode object, String name, long most) {
    return member(
            object,
            name,
            n ->
                n.isIntegralNumber()
                    && n.canConvertToLong()
                    && n.asLong() >= 0
                    && n.asLong() <= most,
            "a whole number from 0 to " + most)
        .asLong(0);
  }

  /** A truth value; false if there is none. */
  public static boolean flag(JsonNode object, String name) {
    return member(object, name, JsonNode::isBoolean, "true or false").asBoolean(false);
  }

  /** An object; without members if there is none. */
  public static JsonNode object(JsonNode object, String name) {
    return member(object, name, JsonNode::isObject, "an object");
  }

  private static JsonNode member(
      JsonNode object, String name, Predicate<JsonNode> isRight, String expected) {
    JsonNode value = member(object, name);
    if (value.isNull() || value.isMissingNode()) {
      return MissingNode.getInstance();
    }
    if (!isRight.test(value)) {
      throw new IllegalArgumentException("%s: %s (expected: %s)".formatted(name, value, expected));
    }
    return value;
  }
}
