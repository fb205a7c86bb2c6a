package io.gardencell.api;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/** Strings and booleans of the wire, and maps in the order of their keys. */
final class WireText {

  /** The order of the keys' UTF-8 bytes, which is that of their code points, not of their chars. */
  private static final Comparator<String> BY_BYTES =
      (a, b) -> {
        int i = 0;
        while (i < a.length() && i < b.length()) {
          int left = a.codePointAt(i);
          int right = b.codePointAt(i);
          if (left != right) {
            return Integer.compare(left, right);
          }
          i += Character.charCount(left);
        }
        return Integer.compare(a.length(), b.length());
      };

  private static final byte[] REPLACEMENT = "\\ufffd".getBytes(StandardCharsets.US_ASCII);

  private WireText() {}

  /** The text with U+FFFD in place of surrogates without a partner, which UTF-8 cannot carry. */
  static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return replacingLoneSurrogates(text);
      }
    }
    return text;
  }

  /**
   * The body with {@code \\ufffd} in place of escapes that are surrogates without a partner: the
   * library refuses them in keys. Bodies without such escapes are given back as they are.
   */
  static byte[] wellFormed(byte[] body) {
    byte[] result = body;
    for (int i = 0; i + 5 < body.length; i++) {
      if (body[i] != '\\') {
        continue;
      }
      int unit = escaped(body, i);
      boolean pair =
          Character.isSurrogate((char) unit)
              && Character.isSurrogatePair((char) unit, (char) escaped(body, i + 6));
      if (pair) {
        i += 11;
      } else if (Character.isSurrogate((char) unit)) {
        result = result == body ? body.clone() : result;
        System.arraycopy(REPLACEMENT, 0, result, i, REPLACEMENT.length);
        i += 5;
      } else {
        i++;
      }
    }
    return result;
  }

  /** The char of the escape that begins there, or 0. */
  private static int escaped(byte[] body, int at) {
    if (at + 5 >= body.length || body[at] != '\\' || body[at + 1] != 'u') {
      return 0;
    }
    int unit = 0;
    for (int i = at + 2; i < at + 6; i++) {
      int digit = Character.digit(body[i], 16);
      if (digit < 0) {
        return 0;
      }
      unit = unit << 4 | digit;
    }
    return unit;
  }

  private static String replacingLoneSurrogates(String text) {
    StringBuilder result = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
        .forEach(result::appendCodePoint);
    return result.toString();
  }

  static final class Reader extends JsonDeserializer<String> {

    @Override
    public String deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      if (parser.currentToken() != JsonToken.VALUE_STRING) {
        throw Mismatch.at(parser, "a string");
      }
      return wellFormed(parser.getText());
    }

    @Override
    public String getNullValue(DeserializationContext context) {
      return "";
    }
  }

  static final class Writer extends JsonSerializer<String> {

    @Override
    public void serialize(String value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(wellFormed(value));
    }

    @Override
    public boolean isEmpty(SerializerProvider provider, String value) {
      return value.isEmpty();
    }
  }

  static final class BooleanReader extends JsonDeserializer<Boolean> {

    @Override
    public Boolean deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      if (!parser.currentToken().isBoolean()) {
        throw Mismatch.at(parser, "true or false");
      }
      return parser.currentToken() == JsonToken.VALUE_TRUE;
    }
  }

  static final class MapWriter extends JsonSerializer<Map<?, ?>> {

    @Override
    public void serialize(Map<?, ?> map, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      Map<String, Object> sorted = new TreeMap<>(BY_BYTES);
      map.forEach((key, value) -> sorted.put(wellFormed(key.toString()), value));
      out.writeStartObject();
      for (Map.Entry<String, Object> entry : sorted.entrySet()) {
        out.writeFieldName(entry.getKey());
        provider.defaultSerializeValue(entry.getValue(), out);
      }
      out.writeEndObject();
    }

    @Override
    public boolean isEmpty(SerializerProvider provider, Map<?, ?> map) {
      return map.isEmpty();
    }
  }
}
