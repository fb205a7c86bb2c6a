package io.gardencell.hcs.jna.win32;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;

/** GUIDs in Windows' byte order: the first three fields little-endian, the rest as it stands. */
public final class Guid {

  /** Their size. */
  public static final int BYTES = 16;

  private Guid() {}

  /** Lower-case text without braces. */
  public static String text(byte[] guid) {
    ByteBuffer little = ByteBuffer.wrap(guid).order(ByteOrder.LITTLE_ENDIAN);
    long last = ByteBuffer.wrap(guid).getLong(8);
    return "%08x-%04x-%04x-%04x-%012x"
        .formatted(
            little.getInt(0),
            little.getShort(4),
            little.getShort(6),
            last >>> 48,
            last & 0xFFFFFFFFFFFFL);
  }

  /** The bytes of a text with or without braces. */
  public static byte[] bytes(String text) {
    String hex = text.toLowerCase(Locale.ROOT).replaceAll("[{}-]", "");
    if (!hex.matches("[0-9a-f]{32}")) {
      throw new IllegalArgumentException("GUID: '" + text + "' (expected: 32 hex digits)");
    }
    ByteBuffer little = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    little.putInt(Integer.parseUnsignedInt(hex.substring(0, 8), 16));
    little.putShort((short) Integer.parseInt(hex.substring(8, 12), 16));
    little.putShort((short) Integer.parseInt(hex.substring(12, 16), 16));
    little.order(ByteOrder.BIG_ENDIAN).putLong(Long.parseUnsignedLong(hex.substring(16), 16));
    return little.array();
  }
}
