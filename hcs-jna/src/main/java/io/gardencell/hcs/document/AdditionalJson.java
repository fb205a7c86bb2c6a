package io.gardencell.hcs.document;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/**
 * Merges an operator's members into a document (hcsshim: internal/mergemaps), for settings of HCS
 * that nobody here knows.
 */
final class AdditionalJson {

  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private AdditionalJson() {}

  /** The document with the other one's members, which win; objects are merged, keys sorted. */
  static String merge(String document, String additional) {
    try {
      if (!(MAPPER.readTree(additional) instanceof ObjectNode members)) {
        throw failure(additional, "expected a JSON object", null);
      }
      ObjectNode merged = (ObjectNode) MAPPER.readTree(document);
      merge(merged, members);
      return MAPPER.writeValueAsString(sorted(merged));
    } catch (JsonProcessingException e) {
      throw failure(additional, e.getOriginalMessage(), e);
    }
  }

  private static void merge(ObjectNode into, ObjectNode from) {
    for (Map.Entry<String, JsonNode> member : from.properties()) {
      if (into.get(member.getKey()) instanceof ObjectNode inner
          && member.getValue() instanceof ObjectNode other) {
        merge(inner, other);
      } else {
        into.set(member.getKey(), member.getValue());
      }
    }
  }

  private static JsonNode sorted(JsonNode node) {
    if (!(node instanceof ObjectNode object)) {
      return node;
    }
    Map<String, JsonNode> members = new TreeMap<>();
    object.properties().forEach(m -> members.put(m.getKey(), sorted(m.getValue())));
    ObjectNode sorted = MAPPER.createObjectNode();
    members.forEach(sorted::set);
    return sorted;
  }

  private static IllegalArgumentException failure(
      String additional, String cause, @org.jspecify.annotations.Nullable Throwable reason) {
    return new IllegalArgumentException(
        "failed to merge additional JSON '%s': %s".formatted(additional, cause), reason);
  }
}
