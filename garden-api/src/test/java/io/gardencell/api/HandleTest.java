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
}
