package io.gardencell.api;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Integers of the wire: plain, in range, never a fraction, an exponent or a string. */
final class WireNumbers {

  private WireNumbers() {}

  /** Reads an integer of a range. */
  abstract static class RangeReader<T> extends JsonDeserializer<T> {

    /** No number of 64 bits has more characters; longer ones are costly to convert. */
    private static final int LONGEST = 20;

    private final BigInteger min;
    private final BigInteger max;
    private final String expected;
    private final Function<BigInteger, T> value;

    RangeReader(BigInteger min, BigInteger max, String expected, Function<BigInteger, T> value) {
      this.min = min;
      this.max = max;
      this.expected = expected;
      this.value = value;
    }

    /** Reads an integer without a sign. */
    RangeReader(int bits, Function<BigInteger, T> value) {
      this(
          BigInteger.ZERO,
          BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE),
          "an unsigned " + bits + "-bit integer",
          value);
    }

    @Override
    public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
          && parser.getTextLength() <= LONGEST
          && !(min.signum() == 0 && parser.getText().startsWith("-"))) {
        BigInteger number = parser.getBigIntegerValue();
        if (number.compareTo(min) >= 0 && number.compareTo(max) <= 0) {
          return value.apply(number);
        }
      }
      throw Mismatch.at(parser, expected);
    }

    @Override
    public T getNullValue(DeserializationContext context) {
      return value.apply(BigInteger.ZERO);
    }
  }

  static final class U64Reader extends RangeReader<Long> {
    U64Reader() {
      super(64, BigInteger::longValue);
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
      super(32, BigInteger::longValue);
    }
  }

  static final class U16Reader extends RangeReader<Integer> {
    U16Reader() {
      super(16, BigInteger::intValue);
    }
  }

  static final class U8Reader extends RangeReader<Integer> {
    U8Reader() {
      super(8, BigInteger::intValue);
    }
  }

  static final class I32Reader extends RangeReader<Integer> {
    I32Reader() {
      super(
          BigInteger.valueOf(Integer.MIN_VALUE),
          BigInteger.valueOf(Integer.MAX_VALUE),
          "a 32-bit integer",
          BigInteger::intValue);
    }
  }

  static final class I64Reader extends RangeReader<Long> {
    I64Reader() {
      super(
          BigInteger.valueOf(Long.MIN_VALUE),
          BigInteger.valueOf(Long.MAX_VALUE),
          "a 64-bit integer",
          BigInteger::longValue);
    }
  }

  /** Nanoseconds, signed. */
  static final class NanosReader extends RangeReader<Duration> {
    NanosReader() {
      super(
          BigInteger.valueOf(Long.MIN_VALUE),
          BigInteger.valueOf(Long.MAX_VALUE),
          "an integer number of nanoseconds",
          nanos -> Duration.ofNanos(nanos.longValue()));
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
