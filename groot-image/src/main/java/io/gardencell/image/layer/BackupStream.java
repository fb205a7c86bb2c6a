package io.gardencell.image.layer;

import io.gardencell.api.GardenException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Pieces of a Win32 backup stream (Source: go-winio: backup.go, ea.go, reparse.go). Stateless. */
final class BackupStream {

  static final int DATA = 1;
  static final int EA_DATA = 2;
  static final int SECURITY_DATA = 3;
  static final int ALTERNATE_DATA = 4;
  static final int REPARSE_DATA = 8;

  private static final int TAG_SYMLINK = 0xA000000C;
  private static final int TAG_MOUNT_POINT = 0xA0000003;

  private BackupStream() {}

  /** The header of one stream; the name is empty but for alternate data. */
  static ByteBuffer header(int id, long size, String name) {
    byte[] text = name.getBytes(StandardCharsets.UTF_16LE);
    ByteBuffer out = little(20 + text.length);
    out.putInt(id).putInt(0).putLong(size).putInt(text.length).put(text);
    return out.flip();
  }

  /** A whole stream held in memory. */
  static ByteBuffer whole(int id, byte[] content) {
    ByteBuffer out = little(20 + content.length);
    out.put(header(id, content.length, "")).put(content);
    return out.flip();
  }

  /** FILE_FULL_EA_INFORMATION list; every entry is padded to a multiple of four, the last too. */
  static byte[] extendedAttributes(Map<String, byte[]> attributes) {
    int total = 0;
    for (Map.Entry<String, byte[]> e : attributes.entrySet()) {
      total += padded(e.getKey().getBytes(StandardCharsets.UTF_8), e.getValue());
    }
    ByteBuffer out = little(total);
    int left = attributes.size();
    for (Map.Entry<String, byte[]> e : attributes.entrySet()) {
      byte[] name = e.getKey().getBytes(StandardCharsets.UTF_8);
      byte[] value = e.getValue();
      if (name.length > 255) {
        throw GardenException.failure("extended attribute name too large");
      }
      if (value.length > 65535) {
        throw GardenException.failure("extended attribute value too large");
      }
      int length = padded(name, value);
      int start = out.position();
      left--;
      out.putInt(left == 0 ? 0 : length).put((byte) 0).put((byte) name.length);
      out.putShort((short) value.length).put(name).put((byte) 0).put(value);
      out.position(start + length);
    }
    return out.array();
  }

  private static int padded(byte[] name, byte[] value) {
    return (8 + name.length + 1 + value.length + 3) & ~3;
  }

  /** REPARSE_DATA_BUFFER of a symbolic link or junction. */
  static byte[] reparse(String linkName, boolean mountPoint) {
    String target = linkName.replace('/', '\\');
    String nt = ntTarget(target);
    boolean relative = nt.equals(target) && !nt.startsWith("\\??\\");
    byte[] substitute = nt.getBytes(StandardCharsets.UTF_16LE);
    byte[] print = target.getBytes(StandardCharsets.UTF_16LE);
    int data = 8 + (mountPoint ? 0 : 4) + substitute.length + 2 + print.length + 2;
    if (data > 16 * 1024) {
      throw GardenException.failure(
          "link target too long: " + data + " bytes (expected: <= 16384)");
    }
    ByteBuffer out = little(8 + data);
    out.putInt(mountPoint ? TAG_MOUNT_POINT : TAG_SYMLINK)
        .putShort((short) data)
        .putShort((short) 0);
    out.putShort((short) 0).putShort((short) substitute.length);
    out.putShort((short) (substitute.length + 2)).putShort((short) print.length);
    if (!mountPoint) {
      out.putInt(relative ? 1 : 0);
    }
    out.put(substitute).putShort((short) 0).put(print).putShort((short) 0);
    return out.array();
  }

  private static String ntTarget(String target) {
    if (target.startsWith("\\\\?\\")) {
      return "\\??\\" + target.substring(4);
    }
    if (target.startsWith("\\\\")) {
      return "\\??\\UNC\\" + target.substring(2);
    }
    if (target.length() > 1 && target.charAt(1) == ':' && Character.isLetter(target.charAt(0))) {
      return "\\??\\" + target;
    }
    return target;
  }

  static ByteBuffer little(int capacity) {
    return ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
  }
}
