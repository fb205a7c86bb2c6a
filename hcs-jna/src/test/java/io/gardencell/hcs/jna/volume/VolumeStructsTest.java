package io.gardencell.hcs.jna.volume;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;
import org.junit.jupiter.api.Test;

/** Names and structs of volumes and their quotas; they hold on any 64-bit system. */
class VolumeStructsTest {

  @Test
  void mountPointNamesGetExactlyOneBackslash() {
    assertThat(JnaVolumes.withBackslash("C:\\proc\\1\\root")).isEqualTo("C:\\proc\\1\\root\\");
    assertThat(JnaVolumes.withBackslash("\\\\?\\Volume{a}\\\\")).isEqualTo("\\\\?\\Volume{a}\\");
  }

  // hcs-abi.md §12.1
  @Test
  void aVariantHasItsNumberWhereWindowsPutsIt() {
    assertThat(Variants.BYTES).isEqualTo(24);
    try (Memory variant = new Memory(Variants.BYTES)) {
      variant.clear();
      Variants.setUnsigned(variant, -1L);
      assertThat(variant.getShort(0)).isEqualTo((short) 21);
      assertThat(variant.getLong(8)).isEqualTo(-1L);
      assertThat(variant.getLong(16)).isZero();

      variant.setShort(0, (short) 14);
      variant.setByte(2, (byte) 2);
      variant.setInt(4, 0);
      variant.setLong(8, 123400);
      assertThat(Variants.number(variant)).as("DECIMAL with two places").isEqualTo(1234);
    }
  }
}
