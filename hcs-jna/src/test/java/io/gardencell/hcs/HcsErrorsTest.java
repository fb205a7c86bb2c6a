package io.gardencell.hcs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HcsErrorsTest {

  @Test
  void aWin32CodeIsTakenOutOfItsHresult() {
    assertThat(HcsErrors.codeOf(0x80070005)).isEqualTo(5);
    assertThat(HcsErrors.codeOf(0xC0070005)).isEqualTo(5);
    assertThat(HcsErrors.codeOf(0xC0370103)).isEqualTo(0xC0370103);
    assertThat(HcsErrors.codeOf(0x8037011F)).isEqualTo(0x8037011F);
  }

  @Test
  void bothNumberSpacesMeanTheSame() {
    assertThat(HcsErrors.isNotFound(0x8037010E)).isTrue();
    assertThat(HcsErrors.isNotFound(0xC037010E)).isTrue();
    assertThat(HcsErrors.isAlreadyStopped(0x80370110)).isTrue();
    assertThat(HcsErrors.isAlreadyStopped(0x8037011F)).isTrue();
    assertThat(HcsErrors.isNotSupported(0x32)).isTrue();
    assertThat(HcsErrors.isOutOfMemory(0x5af)).isTrue();
    assertThat(HcsErrors.isOutOfMemory(0x5)).isFalse();
  }

  @Test
  void anUnknownCodeIsNamedInDecimal() {
    assertThat(HcsErrors.text(0xC0379999)).isEqualTo("winapi error #3224869273");
    assertThat(HcsErrors.text(5)).isEqualTo("Access is denied.");
  }
}
