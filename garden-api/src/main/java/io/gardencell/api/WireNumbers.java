package io.gardencell.api;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Integers of the wire: plain, in range, never a fraction, an exponent or a string. */
final class WireNumbers {

  private WireNumbers() {}

  /** Reads an integer of a range. */
  abstract static class RangeReader<T> extends JsonDeserializer<T>
      implements ContextualDeserializer {

    private final BigInteger min;
    private final BigInteger max;
    private final String expected;
    private boolean optional;

    RangeReader(BigInteger min, BigInteger max, String expected) {
      this.min = min;
      this.max = max;
      this.expected = expected;
    }

    abstract T value(BigInteger number);

    @Override
    public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
        BigInteger number = parser.getBigIntegerValue();
        if (number.compareTo(min) >= 0 && number.compareTo(max) <= 0) {
          return value(number);
        }
      }
      throw Mismatch.at(parser, expected);
    }

    /** An absent number is zero, but for those where absence is a value of its own. */
    @Override
    public JsonDeserializer<?> createContextual(
        DeserializationContext context, @Nullable BeanProperty property) {
      optional = property != null && !property.getType().isPrimitive();
      return this;
    }

    @Override
    public @Nullable T getNullValue(DeserializationContext context) {
      return optional ? null : value(BigInteger.ZERO);
    }
  }

  private static BigInteger unsignedMax(int bits) {
    return BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE);
  }

  static final class U64Reader extends RangeReader<Long> {
    U64Reader() {
      super(BigInteger.ZERO, unsignedMax(64), "an unsigned 64-bit integer");
    }

    @Override
    Long value(BigInteger number) {
      return number.longValue();
    }
  }

  static final class U64Writer extends JsonSerializer<Long> {

    @Override
    public void serialize(Long value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeNumber(Long.toUnsignedString(value));
    }

    @Override
    public boolean isEmpty(SerializerProvider provider, Long value) {
      return value == 0;
    }
  }

  static final class U32Reader extends RangeReader<Long> {
    U32Reader() {
      super(BigInteger.ZERO, unsignedMax(32), "an unsigned 32-bit integer");
    }

    @Override
    Long value(BigInteger number) {
      return number.longValue();
    }
  }

  static final class U16Reader extends RangeReader<Integer> {
    U16Reader() {
      super(BigInteger.ZERO, unsignedMax(16), "an unsigned 16-bit integer");
    }

    @Override
    Integer value(BigInteger number) {
      return number.intValue();
    }
  }

  static final class U8Reader extends RangeReader<Integer> {
    U8Reader() {
      super(BigInteger.ZERO, unsignedMax(8), "an unsigned 8-bit integer");
    }

    @Override
    Integer value(BigInteger number) {
      return number.intValue();
    }
  }

  static final class I32Reader extends RangeReader<Integer> {
    I32Reader() {
      super(
          BigInteger.valueOf(Integer.MIN_VALUE),
          BigInteger.valueOf(Integer.MAX_VALUE),
          "a 32-bit integer");
    }

    @Override
    Integer value(BigInteger number) {
      return number.intValue();
    }
  }

  static final class I64Reader extends RangeReader<Long> {
    I64Reader() {
      super(
          BigInteger.valueOf(Long.MIN_VALUE),
          BigInteger.valueOf(Long.MAX_VALUE),
          "a 64-bit integer");
    }

    @Override
    Long value(BigInteger number) {
      return number.longValue();
    }
  }

  /** Nanoseconds, signed. */
  static final class NanosReader extends RangeReader<Duration> {
    NanosReader() {
      super(
          BigInteger.valueOf(Long.MIN_VALUE),
          BigInteger.valueOf(Long.MAX_VALUE),
          "an integer number of nanoseconds");
    }

    @Override
    Duration value(BigInteger number) {
      return Duration.ofNanos(number.longValue());
    }
  }

  static final class NanosWriter extends JsonSerializer<Duration> {

    @Override
    public void serialize(Duration value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeNumber(value.toNanos());
    }
  }

  /** An address; empty text is none. */
  static final class IpReader extends JsonDeserializer<IpAddress> {

    @Override
    public @Nullable IpAddress deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      if (parser.currentToken() != JsonToken.VALUE_STRING) {
        throw Mismatch.at(parser, "an IP address as text");
      }
      String text = WireText.wellFormed(parser.getText());
      if (text.isEmpty()) {
        return null;
      }
      try {
        return IpAddress.parse(text);
      } catch (IllegalArgumentException invalid) {
        throw JsonMappingException.from(parser, invalid.getMessage(), invalid);
      }
    }
  }
}
