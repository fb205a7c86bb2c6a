package io.gardencell.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The first JSON value of a body as a tree, with Go's meaning of repeated keys: objects merge, of
 * all else the last wins, and a later {@code null} changes nothing. Depth and number length are
 * bounded by the parser.
 */
final class WireTree {

  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION).build();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private WireTree() {}

  static JsonNode read(byte[] body) {
    try (JsonParser parser = FACTORY.createParser(new String(body, StandardCharsets.UTF_8))) {
      if (parser.nextToken() == null) {
        throw GardenException.failure("EOF");
      }
      return value(parser);
    } catch (JsonEOFException brokenOff) {
      throw GardenException.failure("unexpected EOF", brokenOff);
    } catch (IOException invalid) {
      throw GardenException.failure(
          "invalid request: " + firstLine(String.valueOf(invalid.getMessage())), invalid);
    }
  }

  private static String firstLine(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }

  private static JsonNode value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> NODES.textNode(withoutLoneSurrogates(parser.getText()));
      case VALUE_NUMBER_INT -> NODES.numberNode(parser.getBigIntegerValue());
      case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDecimalValue());
      case VALUE_TRUE -> NODES.booleanNode(true);
      case VALUE_FALSE -> NODES.booleanNode(false);
      default -> NODES.nullNode();
    };
  }

  private static ObjectNode object(JsonParser parser) throws IOException {
    ObjectNode object = NODES.objectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = withoutLoneSurrogates(parser.currentName());
      parser.nextToken();
      JsonNode later = value(parser);
      JsonNode earlier = object.get(name);
      if (earlier == null || !later.isNull()) {
        object.set(
            name,
            earlier instanceof ObjectNode before && later instanceof ObjectNode after
                ? merged(before, after)
                : later);
      }
    }
    return object;
  }

  private static ObjectNode merged(ObjectNode before, ObjectNode after) {
    ObjectNode result = before.deepCopy();
    after
        .properties()
        .forEach(
            entry -> {
              JsonNode old = result.get(entry.getKey());
              result.set(
                  entry.getKey(),
                  old instanceof ObjectNode o && entry.getValue() instanceof ObjectNode n
                      ? merged(o, n)
                      : entry.getValue());
            });
    return result;
  }

  private static ArrayNode array(JsonParser parser) throws IOException {
    ArrayNode array = NODES.arrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      array.add(value(parser));
    }
    return array;
  }

  private static String withoutLoneSurrogates(String text) {
    boolean clean = true;
    for (int i = 0; i < text.length() && clean; i++) {
      clean = !Character.isSurrogate(text.charAt(i));
    }
    if (clean) {
      return text;
    }
    StringBuilder result = new StringBuilder();
    text.codePoints().forEach(c -> result.appendCodePoint(c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c));
    return result.toString();
  }
}
