package io.gardencell.image.layer;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The {@code D:} or {@code S:} part of a security descriptor's text (Source: MS-DTYP 2.4.5, 2.5.1).
 *
 * @param control bits of the descriptor's control word
 * @param bytes empty for a list that is not there, or that is null
 */
record AccessControlList(int control, byte[] bytes) {

  private static final int DACL_PRESENT = 0x0004;
  private static final int SACL_PRESENT = 0x0010;
  private static final int PROTECTED = 0x1000;
  private static final int AUTO_INHERIT_REQUIRED = 0x0100;
  private static final int AUTO_INHERITED = 0x0400;
  private static final int HEADER = 8;
  private static final int MAX_BYTES = 0xFFFC;

  private static final int ACL_REVISION = 2;

  /** Needed as soon as there is an entry for a kind of object. */
  private static final int ACL_REVISION_DS = 4;

  private static final Map<String, Integer> TYPES =
      Map.of(
          "A", 0x00, "D", 0x01, "AU", 0x02, "AL", 0x03, "OA", 0x05, "OD", 0x06, "OU", 0x07, "OL",
          0x08, "ML", 0x11, "SP", 0x13);

  private static final int FIRST_OBJECT_TYPE = 0x05;
  private static final int LAST_OBJECT_TYPE = 0x08;

  private static final Map<String, Integer> FLAGS =
      Map.of("OI", 0x01, "CI", 0x02, "NP", 0x04, "IO", 0x08, "ID", 0x10, "SA", 0x40, "FA", 0x80);

  private static final Map<String, Integer> RIGHTS =
      Map.ofEntries(
          Map.entry("GA", 0x1000_0000),
          Map.entry("GX", 0x2000_0000),
          Map.entry("GW", 0x4000_0000),
          Map.entry("GR", 0x8000_0000),
          Map.entry("SD", 0x0001_0000),
          Map.entry("RC", 0x0002_0000),
          Map.entry("WD", 0x0004_0000),
          Map.entry("WO", 0x0008_0000),
          Map.entry("CC", 0x0001),
          Map.entry("DC", 0x0002),
          Map.entry("LC", 0x0004),
          Map.entry("SW", 0x0008),
          Map.entry("RP", 0x0010),
          Map.entry("WP", 0x0020),
          Map.entry("DT", 0x0040),
          Map.entry("LO", 0x0080),
          Map.entry("CR", 0x0100),
          Map.entry("FA", 0x001F_01FF),
          Map.entry("FR", 0x0012_0089),
          Map.entry("FW", 0x0012_0116),
          Map.entry("FX", 0x0012_00A0),
          Map.entry("KA", 0x000F_003F),
          Map.entry("KR", 0x0002_0019),
          Map.entry("KW", 0x0002_0006),
          Map.entry("KX", 0x0002_0019),
          Map.entry("NW", 0x0001),
          Map.entry("NR", 0x0002),
          Map.entry("NX", 0x0004));

  static AccessControlList discretionary(@Nullable String text) {
    return parse(text, DACL_PRESENT, 0);
  }

  static AccessControlList system(@Nullable String text) {
    return parse(text, SACL_PRESENT, 1);
  }

  /** The bits of a system list lie beside those of a discretionary one. */
  private static AccessControlList parse(@Nullable String text, int present, int shift) {
    if (text == null) {
      return new AccessControlList(0, new byte[0]);
    }
    int first = text.indexOf('(');
    String flags = first < 0 ? text : text.substring(0, first);
    int control = present;
    boolean isNull = false;
    while (!flags.isEmpty()) {
      if (flags.startsWith("NO_ACCESS_CONTROL")) {
        isNull = true;
        flags = flags.substring("NO_ACCESS_CONTROL".length());
      } else if (flags.startsWith("AR")) {
        control |= AUTO_INHERIT_REQUIRED << shift;
        flags = flags.substring(2);
      } else if (flags.startsWith("AI")) {
        control |= AUTO_INHERITED << shift;
        flags = flags.substring(2);
      } else if (flags.startsWith("P")) {
        control |= PROTECTED << shift;
        flags = flags.substring(1);
      } else {
        throw SecurityDescriptorText.refused(flags, "P, AR, AI or NO_ACCESS_CONTROL");
      }
    }
    List<byte[]> entries = entries(first < 0 ? "" : text.substring(first));
    if (isNull && !entries.isEmpty()) {
      throw SecurityDescriptorText.refused(text, "no entries beside NO_ACCESS_CONTROL");
    }
    return new AccessControlList(control, isNull ? new byte[0] : list(entries));
  }

  private static List<byte[]> entries(String text) {
    List<byte[]> entries = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int end = text.indexOf(')', at);
      if (text.charAt(at) != '(' || end < 0) {
        throw SecurityDescriptorText.refused(text.substring(at), "(type;flags;rights;;;sid)");
      }
      entries.add(entry(text.substring(at + 1, end)));
      at = end + 1;
    }
    return entries;
  }

  private static byte[] list(List<byte[]> entries) {
    int size = HEADER + entries.stream().mapToInt(e -> e.length).sum();
    if (size > MAX_BYTES) {
      throw SecurityDescriptorText.refused(
          entries.size() + " entries", "at most " + MAX_BYTES + " bytes of them");
    }
    boolean objects =
        entries.stream().anyMatch(e -> e[0] >= FIRST_OBJECT_TYPE && e[0] <= LAST_OBJECT_TYPE);
    ByteBuffer out = BackupStream.little(size);
    out.put((byte) (objects ? ACL_REVISION_DS : ACL_REVISION)).put((byte) 0).putShort((short) size);
    out.putShort((short) entries.size()).putShort((short) 0);
    entries.forEach(out::put);
    return out.array();
  }

  private static byte[] entry(String text) {
    String[] fields = text.split(";", -1);
    Integer type = fields.length == 6 ? TYPES.get(fields[0]) : null;
    if (type == null) {
      throw SecurityDescriptorText.refused(
          text, "an entry of six fields for access, audit or a label, without conditions");
    }
    byte[] sid = SecurityId.parse(fields[5]);
    byte[] objects = objects(type, fields[3], fields[4]);
    ByteBuffer out = BackupStream.little(8 + objects.length + sid.length);
    out.put(type.byteValue()).put((byte) bits(fields[1], FLAGS));
    return out.putShort((short) out.capacity())
        .putInt(rights(fields[2]))
        .put(objects)
        .put(sid)
        .array();
  }

  /** Which kinds of object an entry is for: a word of what follows, and what follows. */
  private static byte[] objects(int type, String object, String inherited) {
    boolean may = type >= FIRST_OBJECT_TYPE && type <= LAST_OBJECT_TYPE;
    if (!may && object.isEmpty() && inherited.isEmpty()) {
      return new byte[0];
    }
    if (!may) {
      throw SecurityDescriptorText.refused(
          object + inherited, "an object's GUID only in an entry of type OA, OD, OU or OL");
    }
    byte[] first = guid(object);
    byte[] second = guid(inherited);
    ByteBuffer out = BackupStream.little(4 + first.length + second.length);
    out.putInt((first.length > 0 ? 1 : 0) | (second.length > 0 ? 2 : 0));
    return out.put(first).put(second).array();
  }

  private static byte[] guid(String text) {
    if (text.isEmpty()) {
      return new byte[0];
    }
    if (!text.matches("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")) {
      throw SecurityDescriptorText.refused(text, "a GUID");
    }
    UUID guid = UUID.fromString(text);
    long high = guid.getMostSignificantBits();
    ByteBuffer out = BackupStream.little(16);
    out.putInt((int) (high >>> 32)).putShort((short) (high >>> 16)).putShort((short) high);
    out.order(java.nio.ByteOrder.BIG_ENDIAN).putLong(guid.getLeastSignificantBits());
    return out.array();
  }

  private static int rights(String text) {
    if (text.isEmpty() || !Character.isDigit(text.charAt(0))) {
      return bits(text, RIGHTS);
    }
    try {
      long value = Long.decode(text);
      if (value <= 0xFFFF_FFFFL) {
        return (int) value;
      }
    } catch (NumberFormatException e) {
      throw SecurityDescriptorText.refused(text, "rights as letters or a number of 32 bits");
    }
    throw SecurityDescriptorText.refused(text, "rights as letters or a number of 32 bits");
  }

  /** Codes of two letters, one after the other. */
  private static int bits(String text, Map<String, Integer> codes) {
    int bits = 0;
    for (int at = 0; at < text.length(); at += 2) {
      Integer code = codes.get(text.substring(at, Math.min(at + 2, text.length())));
      if (code == null) {
        throw SecurityDescriptorText.refused(text, "pairs of letters of SDDL");
      }
      bits |= code;
    }
    return bits;
  }
}
