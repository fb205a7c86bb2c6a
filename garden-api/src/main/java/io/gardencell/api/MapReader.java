package io.gardencell.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.deser.ResolvableDeserializer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads an object whose keys are the sender's own words, in their letter case. A null value is the
 * zero value of its type; a repeated map adds to the earlier one.
 */
final class MapReader extends JsonDeserializer<Map<String, Object>>
    implements ResolvableDeserializer {

  private final JavaType valueType;
  private @Nullable JsonDeserializer<Object> valueReader;

  MapReader(JavaType valueType) {
    this.valueType = valueType;
  }

  @Override
  public void resolve(DeserializationContext context) throws JsonMappingException {
    valueReader = context.findContextualValueDeserializer(valueType, null);
  }

  @Override
  public Map<String, Object> deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    return deserialize(parser, context, new LinkedHashMap<>());
  }

  @Override
  public Map<String, Object> deserialize(
      JsonParser parser, DeserializationContext context, Map<String, Object> earlier)
      throws IOException {
    // A map of an earlier key is still ours to change; copying it each time would be quadratic.
    Map<String, Object> entries =
        earlier instanceof LinkedHashMap ? earlier : new LinkedHashMap<>(earlier);
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw Mismatch.unquotedAt(parser, "an object");
    }
    JsonDeserializer<Object> reader = Objects.requireNonNull(valueReader);
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = WireText.wellFormed(parser.currentName());
      try {
        entries.put(
            key,
            parser.nextToken() == JsonToken.VALUE_NULL
                ? reader.getNullValue(context)
                : reader.deserialize(parser, context));
      } catch (JsonMappingException e) {
        e.prependPath(entries, key);
        throw e;
      }
    }
    return entries;
  }

  @Override
  public Map<String, Object> getNullValue(DeserializationContext context) {
    return Map.of();
  }

  @Override
  public Boolean supportsUpdate(DeserializationConfig config) {
    return true;
  }
}
