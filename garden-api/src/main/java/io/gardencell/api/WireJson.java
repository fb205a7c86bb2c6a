package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  private static final String REQUEST = "invalid request: ";
  private static final String ANSWER = "bad response: ";
  private static final Pattern LITERAL_CUT_SHORT =
      Pattern.compile("(?s).*[\\s:,\\[](t|tr|tru|f|fa|fal|fals|n|nu|nul)");

  /** Values nest no deeper than Go allows: what is unknown is skipped without recursion. */
  static final int DEEPEST = 10_000;

  /** The length of a body bounds what is in it; numbers that are too long are never converted. */
  private static final StreamReadConstraints READ_BOUNDS =
      StreamReadConstraints.builder()
          .maxNestingDepth(DEEPEST)
          .maxNameLength(Integer.MAX_VALUE)
          .maxNumberLength(Integer.MAX_VALUE)
          .maxStringLength(Integer.MAX_VALUE)
          .build();

  private static final ObjectMapper MAPPER = mapper();

  private WireJson() {}

  private static ObjectMapper mapper() {
    // Keys are the sender's words: interning or pooling them would let a sender fill our memory.
    JsonFactory factory =
        JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(READ_BOUNDS)
            .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE)
            .build();
    factory.setCharacterEscapes(new GoEscapes());
    return JsonMapper.builder(factory)
        .enable(MapperFeature.SORT_CREATOR_PROPERTIES_FIRST)
        .defaultPropertyInclusion(
            JsonInclude.Value.construct(
                JsonInclude.Include.NON_DEFAULT, JsonInclude.Include.ALWAYS))
        .addModule(new WireModule())
        .build();
  }

  /** The value as one JSON value and a newline, UTF-8. */
  public static byte[] encode(Object value) {
    try {
      return (MAPPER.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "cannot be written as JSON: a value of " + value.getClass(), e);
    }
  }

  /** The first JSON value of a request's body; a body of {@code null} is an empty object. */
  public static <T> T decode(byte[] body, Class<T> type) {
    return read(body, MAPPER.constructType(type), REQUEST);
  }

  /** The first JSON value of a request's body, an array; {@code null} is an empty one. */
  public static <T> List<T> decodeList(byte[] body, Class<T> elementType) {
    List<T> elements =
        read(
            body,
            MAPPER.getTypeFactory().constructCollectionType(List.class, elementType),
            REQUEST);
    return List.copyOf(elements);
  }

  /** A whole number of nanoseconds that is the whole body (SetGraceTime). */
  public static long decodeNanos(byte[] body) {
    return WireJson.<Duration>read(body, MAPPER.constructType(Duration.class), REQUEST).toNanos();
  }

  /** The first JSON value of a server's answer; failures say {@code bad response}. */
  public static <T> T decodeAnswer(byte[] body, Class<T> type) {
    return read(body, MAPPER.constructType(type), ANSWER);
  }

  /** A server's answer that is an object with a key for each container, or null for none. */
  public static <V> Map<String, V> decodeAnswerMap(byte[] body, Class<V> valueType) {
    Map<String, V> entries =
        read(
            body,
            MAPPER.getTypeFactory().constructMapType(Map.class, String.class, valueType),
            ANSWER);
    return Collections.unmodifiableMap(entries);
  }

  /** The value whose first token the parser is at; for values that were taken apart before. */
  static <T> T decode(JsonParser tokens, Class<T> type) throws IOException {
    return read(tokens, MAPPER.constructType(type), REQUEST);
  }

  private static <T> T read(byte[] body, JavaType type, String subject) {
    // Through a reader, so that bytes that are not UTF-8 become U+FFFD instead of an error.
    try (JsonParser parser =
        MAPPER.createParser(
            new InputStreamReader(
                new ByteArrayInputStream(WireText.wellFormed(body)), StandardCharsets.UTF_8))) {
      if (parser.nextToken() == null) {
        throw GardenException.failure(subject.equals(REQUEST) ? "EOF" : subject + "EOF");
      }
      return read(parser, type, subject);
    } catch (JsonProcessingException e) {
      throw malformed(e, body, subject);
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory", e);
    }
  }

  private static GardenException malformed(JsonProcessingException e, byte[] body, String subject) {
    // Within what it skips the library reports a plain parse error with the same text.
    if (e.getOriginalMessage().startsWith("Unexpected end-of-input") || isCutShort(e, body)) {
      return GardenException.failure(
          subject.equals(REQUEST) ? "unexpected EOF" : subject + "unexpected EOF", e);
    }
    String problem = subject + "malformed JSON";
    return GardenException.failureLoggedAs(problem, problem + ": " + e.getOriginalMessage(), e);
  }

  /** Whether the body ends within {@code true}, {@code false} or {@code null}. */
  private static boolean isCutShort(JsonProcessingException e, byte[] body) {
    int from = Math.max(0, body.length - 6);
    String tail = new String(body, from, body.length - from, StandardCharsets.ISO_8859_1);
    Matcher literal = LITERAL_CUT_SHORT.matcher(from == 0 ? " " + tail : tail);
    return literal.matches()
        && e.getOriginalMessage().startsWith("Unrecognized token '" + literal.group(1) + "'");
  }

  private static <T> T read(JsonParser parser, JavaType type, String subject) throws IOException {
    try {
      T value = MAPPER.readerFor(type).readValue(parser);
      return Objects.requireNonNull(value);
    } catch (JsonMappingException e) {
      finish(parser);
      String path = path(e.getPath());
      throw GardenException.failureLoggedAs(
          subject + (path.isEmpty() ? "wrong type" : path(ours(e.getPath()))),
          subject + path + (path.isEmpty() ? "" : ": ") + e.getOriginalMessage(),
          e);
    }
  }

  /** Whether a value is JSON at all comes before what it means: fails if it breaks off later on. */
  private static void finish(JsonParser parser) throws IOException {
    parser.finishToken();
    while (!parser.getParsingContext().inRoot() && parser.nextToken() != null) {
      parser.finishToken();
    }
  }

  /** The way to a value as far as it is the protocol's words: keys of maps are the sender's. */
  private static List<Reference> ours(List<Reference> path) {
    return path.stream().takeWhile(step -> !(step.getFrom() instanceof Map)).toList();
  }

  private static String path(List<Reference> steps) {
    StringBuilder path = new StringBuilder();
    for (Reference step : steps) {
      if (step.getFieldName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.length() == 0 ? "" : ".").append(step.getFieldName());
      }
    }
    return path.toString();
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
