package io.gardencell.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the messages of a control stream out of the bytes of its socket, which may break them
 * anywhere, even within a character, and put several into one piece with or without white space
 * between.
 *
 * <p>Malformed input is noticed at its first wrong byte, not at the end of a message that never
 * comes. After a failure the decoder is of no more use. One thread at a time; start with a new
 * decoder for each connection.
 */
public final class PayloadDecoder {

  /** How long one message may be unless told otherwise: 8 MiB. */
  public static final int DEFAULT_MAX_BYTES = 8 << 20;

  private static final int STEP = 64 << 10;
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(WireJson.DEEPEST).build())
          .build();

  private final int maxBytes;
  private final CharsetDecoder utf8 =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private final JsonParser parser;
  private final ByteArrayFeeder feeder;
  private ByteBuffer brokenCharacter = ByteBuffer.allocate(0);
  private @Nullable TokenBuffer message;
  private int depth;
  private long messageBytes;

  public PayloadDecoder() {
    this(DEFAULT_MAX_BYTES);
  }

  /** A decoder that refuses messages of more bytes than this. */
  public PayloadDecoder(int maxBytes) {
    this.maxBytes = maxBytes;
    try {
      this.parser = FACTORY.createNonBlockingByteArrayParser();
    } catch (IOException e) {
      throw new UncheckedIOException("parser without input", e);
    }
    this.feeder = (ByteArrayFeeder) parser.getNonBlockingInputFeeder();
  }

  /**
   * Takes all bytes of the piece and gives the messages that they complete.
   *
   * @throws GardenException if the bytes are no messages of this protocol, or one is too long;
   *     messages before that in the piece are lost
   */
  public List<ProcessPayload> feed(ByteBuffer piece) {
    List<ProcessPayload> payloads = new ArrayList<>();
    feed(piece, payloads::add);
    return payloads;
  }

  /**
   * Takes all bytes of the piece and hands on each message as soon as it is complete.
   *
   * @throws GardenException if the bytes are no messages of this protocol, or one is too long;
   *     messages before that were handed on
   */
  public void feed(ByteBuffer piece, Consumer<ProcessPayload> payloads) {
    while (piece.hasRemaining()) {
      ByteBuffer step = piece.slice(piece.position(), Math.min(STEP, piece.remaining()));
      piece.position(piece.position() + step.remaining());
      byte[] bytes = wellFormed(step);
      boolean isNew;
      try {
        feeder.feedInput(bytes, 0, bytes.length);
        isNew = take(payloads);
      } catch (JsonProcessingException e) {
        String problem = "invalid payload: malformed JSON";
        throw GardenException.failureLoggedAs(problem, problem + ": " + e.getOriginalMessage(), e);
      } catch (IOException e) {
        throw new UncheckedIOException("reading from memory", e);
      }
      messageBytes = (isNew ? 0 : messageBytes) + (depth == 0 ? 0 : bytes.length);
      if (messageBytes > maxBytes) {
        throw GardenException.failure("invalid payload: longer than " + maxBytes + " bytes");
      }
    }
  }

  /** Whether a message was completed. */
  private boolean take(Consumer<ProcessPayload> payloads) throws IOException {
    boolean completed = false;
    JsonToken token = parser.nextToken();
    while (token != JsonToken.NOT_AVAILABLE) {
      if (message == null) {
        // Null is a message that says nothing, as it is to Go's decoder.
        if (token != JsonToken.START_OBJECT && token != JsonToken.VALUE_NULL) {
          throw GardenException.failure(
              "invalid payload: " + token.asString() + " is not an object");
        }
        message = new TokenBuffer(null, false);
      }
      message.copyCurrentEvent(parser);
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      if (depth == 0) {
        ProcessPayload payload = decoded(message);
        message = null;
        completed = true;
        payloads.accept(payload);
      }
      token = parser.nextToken();
    }
    return completed;
  }

  private static ProcessPayload decoded(TokenBuffer message) throws IOException {
    try (JsonParser tokens = message.asParserOnFirstToken()) {
      return WireJson.decode(tokens, ProcessPayload.class);
    }
  }

  /** The bytes as UTF-8 without flaws; those of a character still incomplete wait for the next. */
  private byte[] wellFormed(ByteBuffer piece) {
    ByteBuffer input =
        ByteBuffer.allocate(brokenCharacter.remaining() + piece.remaining())
            .put(brokenCharacter)
            .put(piece)
            .flip();
    CharBuffer characters = CharBuffer.allocate(input.remaining());
    utf8.decode(input, characters, false);
    brokenCharacter = input;
    ByteBuffer output = StandardCharsets.UTF_8.encode(characters.flip());
    byte[] bytes = new byte[output.remaining()];
    output.get(bytes);
    return bytes;
  }
}
