package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * JSON as the protocol has it: read as tolerantly as Go's decoder, written with Go's escapes and a
 * newline at the end. Any thread.
 *
 * <p>What cannot be read is a {@link GardenException} that names the field and the problem; {@code
 * EOF} for nothing at all and {@code unexpected EOF} for a value that breaks off, as the reference
 * says.
 */
public final class WireJson {

  private static final ObjectMapper MAPPER = mapper();

  private WireJson() {}

  private static ObjectMapper mapper() {
    JsonMapper.Builder builder =
        JsonMapper.builder()
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES)
            .enable(MapperFeature.SORT_CREATOR_PROPERTIES_FIRST)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .defaultPropertyInclusion(
                JsonInclude.Value.construct(
                    JsonInclude.Include.NON_DEFAULT, JsonInclude.Include.ALWAYS))
            .withCoercionConfig(
                LogicalType.Textual,
                config ->
                    config
                        .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail));
    JsonMapper mapper = builder.build();
    mapper.getFactory().setCharacterEscapes(new GoEscapes());
    return mapper;
  }

  /** The value as one JSON value and a newline, UTF-8. */
  public static byte[] encode(Object value) {
    try {
      return (MAPPER.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("cannot be written as JSON: " + value, e);
    }
  }

  /** The first JSON value of the body; a body of {@code null} is an empty object. */
  public static <T> T decode(byte[] body, Class<T> type) {
    JsonNode tree = WireTree.read(body);
    return convert(tree.isNull() ? MAPPER.createObjectNode() : tree, MAPPER.constructType(type));
  }

  /** The first JSON value of the body, an array; {@code null} is an empty one. */
  public static <T> List<T> decodeList(byte[] body, Class<T> elementType) {
    JsonNode tree = WireTree.read(body);
    List<@Nullable T> items =
        convert(
            tree.isNull() ? MAPPER.createArrayNode() : tree,
            MAPPER.getTypeFactory().constructCollectionType(List.class, elementType));
    return items.stream()
        .map(i -> i == null ? WireJson.<T>empty(elementType) : i)
        .collect(Collectors.toUnmodifiableList());
  }

  /** A whole number of nanoseconds that is the whole body (SetGraceTime). */
  public static long decodeNanos(byte[] body) {
    JsonNode tree = WireTree.read(body);
    if (tree.isNull()) {
      return 0;
    }
    if (!tree.isIntegralNumber() || !tree.canConvertToLong()) {
      throw GardenException.failure(
          "invalid request: " + tree + " is not an integer number of nanoseconds");
    }
    return tree.longValue();
  }

  private static <T> T empty(Class<T> type) {
    return convert(MAPPER.createObjectNode(), MAPPER.constructType(type));
  }

  private static <T> T convert(JsonNode tree, JavaType type) {
    try {
      T value = MAPPER.readValue(MAPPER.treeAsTokens(tree), type);
      return Objects.requireNonNull(value);
    } catch (JsonMappingException e) {
      throw GardenException.failure("invalid request: " + path(e) + problem(e), e);
    } catch (java.io.IOException e) {
      throw GardenException.failure("invalid request: " + e.getMessage(), e);
    }
  }

  private static String path(JsonMappingException e) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference step : e.getPath()) {
      if (step.getFieldName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.length() == 0 ? "" : ".").append(step.getFieldName());
      }
    }
    return path.length() == 0 ? "" : path + ": ";
  }

  private static String problem(JsonMappingException e) {
    return String.valueOf(e.getOriginalMessage());
  }

  /** {@code < > &} and the line separators U+2028 and U+2029 are escaped, as Go does for HTML. */
  private static final class GoEscapes extends CharacterEscapes {

    private static final long serialVersionUID = 1L;

    private final int[] ascii = CharacterEscapes.standardAsciiEscapesForJSON();

    GoEscapes() {
      for (char c : new char[] {'<', '>', '&'}) {
        ascii[c] = CharacterEscapes.ESCAPE_CUSTOM;
      }
    }

    @Override
    public int[] getEscapeCodesForAscii() {
      return ascii.clone();
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int c) {
      return c == '<' || c == '>' || c == '&' || c == 0x2028 || c == 0x2029
          ? new SerializedString("\\u%04x".formatted(c))
          : null;
    }
  }
}
