package io.gardencell.hcs.jna.volume;

import com.sun.jna.Pointer;
import java.math.BigInteger;

/** Numbers in a VARIANT, 24 bytes: type at 0, value at 8. */
final class Variants {

  static final int BYTES = 24;

  private static final int VT_R8 = 5;
  private static final int VT_DECIMAL = 14;
  private static final int VT_I8 = 20;
  private static final int VT_UI8 = 21;

  private Variants() {}

  static void setUnsigned(Pointer variant, long value) {
    variant.setShort(0, (short) VT_UI8);
    variant.setLong(8, value);
  }

  /**
   * The number.
   *
   * @throws IllegalArgumentException naming the type, if it is none
   */
  static long number(Pointer variant) {
    int type = variant.getShort(0) & 0xFFFF;
    return switch (type) {
      case VT_UI8, VT_I8 -> variant.getLong(8);
      case VT_R8 -> (long) variant.getDouble(8);
      case VT_DECIMAL -> decimal(variant);
      default ->
          throw new IllegalArgumentException(
              "VARIANT type " + type + " (expected: 5, 14, 20 or 21)");
    };
  }

  /** DECIMAL lies over the VARIANT: scale at 2, high 32 bits at 4, low 64 bits at 8. */
  private static long decimal(Pointer variant) {
    BigInteger low = new BigInteger(Long.toUnsignedString(variant.getLong(8)));
    BigInteger high = BigInteger.valueOf(Integer.toUnsignedLong(variant.getInt(4)));
    int scale = variant.getByte(2) & 0xFF;
    return high.shiftLeft(64).add(low).divide(BigInteger.TEN.pow(scale)).longValueExact();
  }
}
