package io.gardencell.hcs.jna.win32;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Sizes and offsets, and constants as the headers have them; they hold on any 64-bit system. */
class Win32StructsTest {

  private static final Pointer ROOT = Pointer.createConstant(0x1234_5678_9ABCL);

  private static final String GUID = "a1b2c3d4-0102-abcd-e0e1-e2e3e4e5e6e7";

  // hcs-abi.md §9.6: OBJECT_ATTRIBUTES 48 bytes, UNICODE_STRING 16
  @Test
  void objectAttributesPointToTheirNameWithoutItsTerminator() {
    try (ObjectAttributes attributes =
        new ObjectAttributes(ROOT, "Files\\a", ObjectAttributes.DONT_REPARSE)) {
      Pointer at = attributes.pointer();
      assertThat(((Memory) at).size()).isEqualTo(48);
      assertThat(at.getInt(0)).isEqualTo(48);
      assertThat(at.getPointer(8)).isEqualTo(ROOT);
      assertThat(at.getInt(24)).isEqualTo(0x1000);
      assertThat(at.getPointer(32)).isNull();
      assertThat(at.getPointer(40)).isNull();
      Pointer unicode = at.getPointer(16);
      assertThat(unicode.getShort(0)).isEqualTo((short) 14);
      assertThat(unicode.getShort(2)).isEqualTo((short) 14);
      assertThat(Wide.of(unicode.getPointer(8))).isEqualTo("Files\\a");
    }
    try (ObjectAttributes absolute = new ObjectAttributes(null, "\\Container_x", 0)) {
      assertThat(absolute.pointer().getPointer(8)).isNull();
      assertThat(absolute.pointer().getInt(24)).isZero();
    }
  }

  // hcs-abi.md §18 case 8
  @Test
  void guidsAreInWindowsByteOrder() {
    byte[] bytes = HexFormat.of().parseHex("d4c3b2a10201cdabe0e1e2e3e4e5e6e7");

    assertThat(Guid.text(bytes)).isEqualTo(GUID);
    assertThat(Guid.bytes("{A1B2C3D4-0102-ABCD-E0E1-E2E3E4E5E6E7}")).isEqualTo(bytes);
    assertThatThrownBy(() -> Guid.bytes("x")).hasMessageContaining("'x'");
  }

  // hcs-abi.md §18 case 4
  @Test
  void textWithNulIsRefusedBeforeTheCall() {
    assertThatThrownBy(() -> Wide.of("a\0b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("U+0000");
    try (Memory memory = Wide.memory("a")) {
      assertThat(memory.size()).isEqualTo(4);
    }
  }
}
