package io.gardencell.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bodies made to exhaust stack, memory or patience. */
@Timeout(value = 10, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileJsonTest {

  private static final int MANY = 1_000_000;

  private static ContainerSpec spec(String json) {
    return WireJson.decode(json.getBytes(StandardCharsets.UTF_8), ContainerSpec.class);
  }

  @Test
  void endlessNestingIsRefused() {
    for (String open : new String[] {"[", "{\"a\":"}) {
      assertThatThrownBy(() -> spec("{\"x\":" + open.repeat(100_000)))
          .isInstanceOf(GardenException.class)
          .hasMessageContaining("nesting depth");
      assertThatThrownBy(() -> spec("{\"env\":" + open.repeat(100_000)))
          .isInstanceOf(GardenException.class);
    }
  }

  @Test
  void unknownValuesMayNestAsDeeplyAsInGo() {
    String deep = "[".repeat(9_000) + "]".repeat(9_000);

    assertThat(spec("{\"x\":" + deep + ",\"handle\":\"h\"}").handle()).isEqualTo("h");
  }

  @Test
  void endlessNumbersAreRefusedAndNotRepeatedWhole() {
    assertThatThrownBy(() -> spec("{\"grace_time\":" + "9".repeat(MANY) + "}"))
        .isInstanceOf(GardenException.class);
    assertThatThrownBy(() -> spec("{\"grace_time\":" + "9".repeat(900) + "}"))
        .isInstanceOf(GardenException.class)
        .message()
        .hasSizeLessThan(200);
    assertThatThrownBy(() -> spec("{\"grace_time\":1e999999999}"))
        .isInstanceOf(GardenException.class);
  }

  @Test
  void aNumberNobodyReadsMayHaveAnyExponent() {
    assertThat(spec("{\"x\":1e99999999999,\"handle\":\"h\"}").handle()).isEqualTo("h");
  }

  @Test
  void aLongTextIsReadAndNotRepeatedInARefusal() {
    String text = "x".repeat(10 * MANY);

    assertThat(spec("{\"handle\":\"" + text + "\"}").handle()).hasSize(10 * MANY);
    assertThatThrownBy(() -> spec("{\"grace_time\":\"" + text + "\"}"))
        .isInstanceOf(GardenException.class)
        .message()
        .hasSizeLessThan(200);
    Throwable unfit = catchThrowable(() -> Handle.parse(text));
    assertThat(unfit).isInstanceOf(GardenException.class).message().hasSizeLessThan(300);
  }

  @Test
  void aMillionRepeatedKeysCostNoMoreThanTheirLength() {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < MANY; i++) {
      json.append("\"properties\":{\"").append(Integer.toHexString(i)).append("\":\"\"},");
    }

    assertThat(spec(json.append("\"handle\":\"h\"}").toString()).properties()).hasSize(MANY);
  }

  @Test
  void whatNobodyReadsIsNotKept() {
    String fill = "[" + "{},".repeat(5 * MANY) + "{}]";

    assertThat(spec("{\"x\":" + fill + ",\"handle\":\"h\"}").handle()).isEqualTo("h");
  }

  @Test
  void aRefusalDoesNotCarryTheBodyAlong() {
    Throwable refusal = catchThrowable(() -> spec("{\"env\":[\"PASSWORD=geheim\"],!}"));

    assertThat(refusal).isInstanceOf(GardenException.class).hasStackTraceContaining("malformed");
    assertThat(refusal.getCause()).isNotNull();
    assertThat(String.valueOf(refusal.getCause())).doesNotContain("geheim");
    assertThat(refusal).message().doesNotContain("geheim");
  }
}
