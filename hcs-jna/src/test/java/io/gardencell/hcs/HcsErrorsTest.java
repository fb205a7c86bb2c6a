package io.gardencell.hcs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HcsErrorsTest {

  // hcs-abi.md §18 case 1
  @Test
  void aWin32CodeIsTakenOutOfItsHresult() {
    assertThat(HcsErrors.codeOf(0x80070005)).isEqualTo(5);
    assertThat(HcsErrors.codeOf(0xC0070005)).isEqualTo(5);
    assertThat(HcsErrors.codeOf(0xC0370103)).isEqualTo(0xC0370103);
    assertThat(HcsErrors.codeOf(0x8037011F)).isEqualTo(0x8037011F);
  }

  // hcs-abi.md §18 case 20
  @Test
  void bothNumberSpacesMeanTheSame() {
    assertThat(HcsErrors.isNotFound(0x490)).isTrue();
    assertThat(HcsErrors.isNotFound(0x8037010F)).isFalse();
    assertThat(HcsErrors.isAlreadyStopped(0x490)).isTrue();
    for (int code : new int[] {0xC037010D, 0x8037010D, 0xC037010B, 0x8037010B, 0xd, 0x32}) {
      assertThat(HcsErrors.isNotSupported(code)).isTrue();
    }
    for (int code : new int[] {0x5af, 0x6be, 0x71a, 0x36b1}) {
      assertThat(HcsErrors.isOutOfMemory(code)).isTrue();
    }
    assertThat(HcsErrors.isNotFound(0x8037010E)).isTrue();
    assertThat(HcsErrors.isNotFound(0xC037010E)).isTrue();
    assertThat(HcsErrors.isAlreadyStopped(0x80370110)).isTrue();
    assertThat(HcsErrors.isAlreadyStopped(0x8037011F)).isTrue();
    assertThat(HcsErrors.isNotSupported(0x32)).isTrue();
    assertThat(HcsErrors.isOutOfMemory(0x5af)).isTrue();
    assertThat(HcsErrors.isOutOfMemory(0x5)).isFalse();
  }

  @Test
  void everyCodeWeKnowHasItsName() {
    assertThat(HcsErrors.name(0xC0370100)).isEqualTo("ERROR_VMCOMPUTE_TERMINATED_DURING_START");
    assertThat(HcsErrors.name(0xC0370113)).isEqualTo("ERROR_VMCOMPUTE_WINDOWS_INSIDER_REQUIRED");
    assertThat(HcsErrors.name(0x8037010E)).isEqualTo("HCS_E_SYSTEM_NOT_FOUND");
    assertThat(HcsErrors.name(0x80370109)).isEqualTo("HCS_E_CONNECTION_TIMEOUT");
    assertThat(HcsErrors.name(0x80370114)).isEqualTo("HCS_E_SERVICE_NOT_AVAILABLE");
    assertThat(HcsErrors.name(HcsErrors.SERVICE_DISCONNECT)).isEqualTo("HCS_E_SERVICE_DISCONNECT");
    assertThat(HcsErrors.name(HcsErrors.PROCESS_ALREADY_STOPPED))
        .isEqualTo("HCS_E_PROCESS_ALREADY_STOPPED");
    assertThat(HcsErrors.name(0x80370121)).isEqualTo("HCS_E_OPERATION_ALREADY_CANCELLED");
    assertThat(HcsErrors.name(0x803B0013)).isEqualTo("HCN_E_PORT_ALREADY_EXISTS");
    assertThat(HcsErrors.name(0x52e)).isEqualTo("ERROR_LOGON_FAILURE");
    assertThat(HcsErrors.name(0x12345)).isEqualTo("0x12345");
    assertThat(new HcsException("F", "x", 5))
        .hasToString("F x: Access is denied. (0x5 ERROR_ACCESS_DENIED)");
  }

  // hcs-abi.md §18 case 2
  @Test
  void anUnknownCodeIsNamedInDecimal() {
    assertThat(HcsErrors.text(0xC0379999)).isEqualTo("winapi error #3224869273");
    assertThat(HcsErrors.text(5)).isEqualTo("Access is denied.");
  }
}
