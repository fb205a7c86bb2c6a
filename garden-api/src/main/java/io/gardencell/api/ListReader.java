package io.gardencell.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.deser.ResolvableDeserializer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads a list; a null in it is the zero value of the elements' type, as in Go. */
final class ListReader extends JsonDeserializer<List<Object>> implements ResolvableDeserializer {

  private final JavaType elementType;
  private @Nullable JsonDeserializer<Object> elementReader;

  ListReader(JavaType elementType) {
    this.elementType = elementType;
  }

  @Override
  public void resolve(DeserializationContext context) throws JsonMappingException {
    elementReader = context.findContextualValueDeserializer(elementType, null);
  }

  @Override
  public List<Object> deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw Mismatch.unquotedAt(parser, "a list");
    }
    JsonDeserializer<Object> reader = Objects.requireNonNull(elementReader);
    List<Object> elements = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      try {
        elements.add(
            parser.currentToken() == JsonToken.VALUE_NULL
                ? reader.getNullValue(context)
                : reader.deserialize(parser, context));
      } catch (JsonMappingException e) {
        e.prependPath(elements, elements.size());
        throw e;
      }
    }
    return elements;
  }

  @Override
  public List<Object> getNullValue(DeserializationContext context) {
    return List.of();
  }
}
