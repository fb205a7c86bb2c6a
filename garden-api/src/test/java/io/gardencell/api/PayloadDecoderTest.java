package io.gardencell.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadDecoderTest {

  private static final List<ProcessPayload> PAYLOADS =
      List.of(
          ProcessPayload.stdin("p", "a\"}{\\ \u00e9\u20ac\ud83d\ude00\n"),
          ProcessPayload.signal("p", 1),
          ProcessPayload.stdin("p", ""),
          new ProcessPayload(
              "", "", null, null, null, null, new TtySpec(new WindowSize(80, 24)), null),
          ProcessPayload.stdin("p", null),
          ProcessPayload.exited("p", 3221225477L));

  private static final ProcessPayload NOTHING =
      new ProcessPayload("", "", null, null, null, null, null, null);

  private static byte[] wire(String between) {
    StringBuilder text = new StringBuilder();
    for (ProcessPayload payload : PAYLOADS) {
      text.append(new String(WireJson.encode(payload), StandardCharsets.UTF_8).strip());
      text.append(between);
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static List<ProcessPayload> decode(byte[]... pieces) {
    PayloadDecoder decoder = new PayloadDecoder();
    List<ProcessPayload> payloads = new ArrayList<>();
    for (byte[] piece : pieces) {
      payloads.addAll(decoder.feed(ByteBuffer.wrap(piece)));
    }
    return payloads;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", " \r\n\t"})
  void messagesComeOutWholeWhereverTheBytesAreSplit(String between) {
    byte[] wire = wire(between);

    for (int at = 0; at <= wire.length; at++) {
      byte[] head = Arrays.copyOf(wire, at);
      byte[] tail = Arrays.copyOfRange(wire, at, wire.length);
      assertThat(decode(head, tail)).as("split at %d", at).isEqualTo(PAYLOADS);
    }
  }

  @Test
  void messagesComeOutOfSingleBytes() {
    byte[] wire = wire("");
    byte[][] pieces = new byte[wire.length][];
    for (int i = 0; i < wire.length; i++) {
      pieces[i] = new byte[] {wire[i]};
    }

    assertThat(decode(pieces)).isEqualTo(PAYLOADS);
  }

  @Test
  void aMessageIsGivenAsSoonAsItsLastByteIsThere() {
    PayloadDecoder decoder = new PayloadDecoder();

    assertThat(decoder.feed(ByteBuffer.wrap(utf8("{\"signal\":1")))).isEmpty();
    assertThat(decoder.feed(ByteBuffer.wrap(utf8("}"))))
        .containsExactly(ProcessPayload.signal("", 1));
  }

  @Test
  void nullIsAMessageThatSaysNothing() {
    assertThat(decode(utf8("null\n{\"signal\":1}null ")))
        .containsExactly(NOTHING, ProcessPayload.signal("", 1), NOTHING);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "xyz",
        "nul ",
        "true ",
        "5 ",
        "[",
        "\"text\"",
        "}",
        "{xyz",
        "{\"a\":1]",
        "{\"signal\":\"kill\"}",
        "{\"signal\":1} x",
        "{\"source\":\"1\"}",
        "{\"source\":0.5}",
        "{\"data\":5}"
      })
  void whatIsNoMessageIsRefusedAtOnce(String text) {
    assertThatThrownBy(() -> decode(utf8(text))).isInstanceOf(GardenException.Failure.class);
  }

  @Test
  void bytesThatAreNotUtf8BecomeReplacementCharacters() {
    byte[] wire = utf8("{\"source\":0,\"data\":\"a?b\"}");
    wire[21] = (byte) 0xe2;

    assertThat(decode(wire)).containsExactly(ProcessPayload.stdin("", "a\ufffdb"));
  }

  @Test
  void aMessageThatDoesNotEndIsRefusedAtTheBound() {
    PayloadDecoder decoder = new PayloadDecoder(1 << 20);
    decoder.feed(ByteBuffer.wrap(utf8("{\"source\":0,\"data\":\"")));
    byte[] piece = new byte[1 << 19];
    Arrays.fill(piece, (byte) 'x');

    assertThat(decoder.feed(ByteBuffer.wrap(piece))).isEmpty();
    assertThatThrownBy(() -> decoder.feed(ByteBuffer.wrap(piece)))
        .hasMessage("invalid payload: longer than 1048576 bytes");
  }

  @Test
  void manyMessagesOnOneStreamAreNotOneLongOne() {
    PayloadDecoder decoder = new PayloadDecoder(1 << 20);
    byte[] message = WireJson.encode(ProcessPayload.stdin("p", "x".repeat(40_000)));
    byte[] shifted = new byte[message.length];
    System.arraycopy(message, 100, shifted, 0, message.length - 100);
    System.arraycopy(message, 0, shifted, message.length - 100, 100);

    int seen = decoder.feed(ByteBuffer.wrap(message, 0, 100)).size();
    for (int i = 0; i < 100; i++) {
      seen += decoder.feed(ByteBuffer.wrap(shifted)).size();
    }

    assertThat(seen).isEqualTo(100);
  }

  @Test
  void nestingIsBounded() {
    assertThatThrownBy(() -> decode(utf8("{\"x\":" + "[".repeat(100_000))))
        .isInstanceOf(GardenException.Failure.class);
  }
}
