package io.gardencell.image.layer;

import io.gardencell.api.GardenException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * Turns a security descriptor's text (SDDL) into its self-relative binary form, as
 * ConvertStringSecurityDescriptorToSecurityDescriptor does (Source: MS-DTYP 2.4.6, 2.5.1). Done
 * here and not by the host, so that an image is the same on every host.
 *
 * <p>What depends on the machine or its domain (aliases such as {@code DA}) and conditions are
 * refused: no image means them. Stateless.
 */
final class SecurityDescriptorText {

  private static final int SELF_RELATIVE = 0x8000;
  private static final int HEADER = 20;

  private SecurityDescriptorText() {}

  /** A descriptor, for example {@code O:BAG:SYD:P(A;OICI;FA;;;SY)}. */
  static byte[] parse(String sddl) {
    Map<Character, String> parts = parts(sddl.replace(" ", ""));
    byte[] owner = sid(parts.get('O'));
    byte[] group = sid(parts.get('G'));
    AccessControlList dacl = AccessControlList.discretionary(parts.get('D'));
    AccessControlList sacl = AccessControlList.system(parts.get('S'));
    int control = SELF_RELATIVE | dacl.control() | sacl.control();
    ByteBuffer out =
        BackupStream.little(
            HEADER + owner.length + group.length + dacl.bytes().length + sacl.bytes().length);
    out.put((byte) 1).put((byte) 0).putShort((short) control);
    int saclAt = HEADER;
    int daclAt = saclAt + sacl.bytes().length;
    int ownerAt = daclAt + dacl.bytes().length;
    int groupAt = ownerAt + owner.length;
    out.putInt(owner.length == 0 ? 0 : ownerAt).putInt(group.length == 0 ? 0 : groupAt);
    out.putInt(sacl.bytes().length == 0 ? 0 : saclAt);
    out.putInt(dacl.bytes().length == 0 ? 0 : daclAt);
    return out.put(sacl.bytes()).put(dacl.bytes()).put(owner).put(group).array();
  }

  private static byte[] sid(@org.jspecify.annotations.Nullable String text) {
    return text == null || text.isEmpty() ? new byte[0] : SecurityId.parse(text);
  }

  /** The parts by their letters; a part ends where a letter and a colon follow outside of ACEs. */
  private static Map<Character, String> parts(String sddl) {
    Map<Character, String> parts = new TreeMap<>();
    int at = 0;
    while (at < sddl.length()) {
      char letter = Character.toUpperCase(sddl.charAt(at));
      if ("OGDS".indexOf(letter) < 0 || at + 1 >= sddl.length() || sddl.charAt(at + 1) != ':') {
        throw refused(sddl.substring(at), "O:, G:, D: or S:");
      }
      int end = at + 2;
      int depth = 0;
      while (end < sddl.length() && (depth > 0 || !beginsPart(sddl, end))) {
        char c = sddl.charAt(end);
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        end++;
      }
      if (depth != 0 || parts.put(letter, sddl.substring(at + 2, end)) != null) {
        throw refused(sddl.substring(at), "each part once, brackets in pairs");
      }
      at = end;
    }
    return parts;
  }

  private static boolean beginsPart(String sddl, int at) {
    return at + 1 < sddl.length() && sddl.charAt(at + 1) == ':';
  }

  static GardenException refused(String text, String expected) {
    String shown = text.length() > 80 ? text.substring(0, 80) + "..." : text;
    return GardenException.failure("MSWINDOWS.sd: '" + shown + "' (expected: " + expected + ")");
  }
}
