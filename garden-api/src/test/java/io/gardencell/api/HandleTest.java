package io.gardencell.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandleTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "a/b",
        "..\\x",
        "C:\\x",
        "con",
        "NUL.txt",
        "x.",
        "x ",
        "a\u0001b",
        "a*b",
        "a?"
      })
  void whatCouldLeaveTheDepotIsRefused(String text) {
    assertThatThrownBy(() -> Handle.parse(text))
        .isInstanceOf(GardenException.class)
        .hasMessage("invalid handle: '" + text + "'");
    assertThatThrownBy(() -> Handle.known(text))
        .isInstanceOf(GardenException.ContainerNotFound.class);
  }

  @Test
  void twoHundredCharactersAreTheMost() {
    assertThat(Handle.find("x".repeat(200))).isPresent();
    assertThat(Handle.find("x".repeat(201))).isEmpty();
  }

  @Test
  void letterCaseDoesNotTellHandlesApart() {
    assertThat(Handle.parse("ABC")).isEqualTo(Handle.parse("abc")).hasToString("ABC");
  }

  @Test
  void lettersThatNtfsFoldsToOneDoNotTellHandlesApart() {
    assertThat(Handle.parse("\u03b1\u03c2")).isEqualTo(Handle.parse("\u0391\u03a3"));
    assertThat(Handle.parse("\u03b1\u03c3")).isEqualTo(Handle.parse("\u0391\u03a3"));
    assertThat(new ProcessId("P"))
        .isEqualTo(new ProcessId("p"))
        .hasSameHashCodeAs(new ProcessId("p"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"com\u00b9", "LPT3.log", "con .txt", "a\ud800b", "CONOUT$"})
  void whatWindowsOrUtf8WouldNotTakeLiterallyIsRefused(String text) {
    assertThat(Handle.find(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"console", "com10", "a.b", ".a", " a", "nulls", "\u00e9-\ud83d\ude00"})
  void whatOnlyLooksLikeADeviceIsAllowed(String text) {
    assertThat(Handle.find(text)).isPresent();
  }
}
