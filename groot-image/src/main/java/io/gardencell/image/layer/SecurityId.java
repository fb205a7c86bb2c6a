package io.gardencell.image.layer;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Texts of security identifiers as bytes (Source: MS-DTYP 2.4.2, 2.5.1.1). Stateless. */
final class SecurityId {

  private static final int MAX_SUB_AUTHORITIES = 15;
  private static final long MAX_AUTHORITY = 0xFFFF_FFFF_FFFFL;
  private static final long MAX_SUB_AUTHORITY = 0xFFFF_FFFFL;

  /** Aliases that mean the same on every machine. */
  private static final Map<String, String> WELL_KNOWN =
      Map.ofEntries(
          Map.entry("AA", "S-1-5-32-579"),
          Map.entry("AC", "S-1-15-2-1"),
          Map.entry("AN", "S-1-5-7"),
          Map.entry("AO", "S-1-5-32-548"),
          Map.entry("AS", "S-1-18-1"),
          Map.entry("AU", "S-1-5-11"),
          Map.entry("BA", "S-1-5-32-544"),
          Map.entry("BG", "S-1-5-32-546"),
          Map.entry("BO", "S-1-5-32-551"),
          Map.entry("BU", "S-1-5-32-545"),
          Map.entry("CD", "S-1-5-32-574"),
          Map.entry("CG", "S-1-3-1"),
          Map.entry("CO", "S-1-3-0"),
          Map.entry("CY", "S-1-5-32-569"),
          Map.entry("ED", "S-1-5-9"),
          Map.entry("ER", "S-1-5-32-573"),
          Map.entry("ES", "S-1-5-32-576"),
          Map.entry("HA", "S-1-5-32-578"),
          Map.entry("HI", "S-1-16-12288"),
          Map.entry("IS", "S-1-5-32-568"),
          Map.entry("IU", "S-1-5-4"),
          Map.entry("LS", "S-1-5-19"),
          Map.entry("LU", "S-1-5-32-559"),
          Map.entry("LW", "S-1-16-4096"),
          Map.entry("ME", "S-1-16-8192"),
          Map.entry("MP", "S-1-16-8448"),
          Map.entry("MS", "S-1-5-32-577"),
          Map.entry("MU", "S-1-5-32-558"),
          Map.entry("NO", "S-1-5-32-556"),
          Map.entry("NS", "S-1-5-20"),
          Map.entry("NU", "S-1-5-2"),
          Map.entry("OW", "S-1-3-4"),
          Map.entry("PO", "S-1-5-32-550"),
          Map.entry("PS", "S-1-5-10"),
          Map.entry("PU", "S-1-5-32-547"),
          Map.entry("RA", "S-1-5-32-575"),
          Map.entry("RC", "S-1-5-12"),
          Map.entry("RD", "S-1-5-32-555"),
          Map.entry("RE", "S-1-5-32-552"),
          Map.entry("RM", "S-1-5-32-580"),
          Map.entry("RU", "S-1-5-32-554"),
          Map.entry("SI", "S-1-16-16384"),
          Map.entry("SO", "S-1-5-32-549"),
          Map.entry("SS", "S-1-18-2"),
          Map.entry("SU", "S-1-5-6"),
          Map.entry("SY", "S-1-5-18"),
          Map.entry("UD", "S-1-5-84-0-0-0-0-0"),
          Map.entry("WD", "S-1-1-0"),
          Map.entry("WR", "S-1-5-33"));

  private SecurityId() {}

  /** An alias of two letters, or {@code S-1-...}. */
  static byte[] parse(String text) {
    String upper = text.toUpperCase(Locale.ROOT);
    String[] parts = WELL_KNOWN.getOrDefault(upper, upper).split("-", -1);
    if (parts.length < 3
        || parts.length > 3 + MAX_SUB_AUTHORITIES
        || !parts[0].equals("S")
        || !parts[1].equals("1")) {
      throw refused(text, null);
    }
    int count = parts.length - 3;
    ByteBuffer out = BackupStream.little(8 + 4 * count);
    long authority = number(text, parts[2], MAX_AUTHORITY);
    out.put((byte) 1).put((byte) count);
    for (int shift = 40; shift >= 0; shift -= 8) {
      out.put((byte) (authority >>> shift)); // the only number with its highest byte first
    }
    for (int i = 0; i < count; i++) {
      out.putInt((int) number(text, parts[3 + i], MAX_SUB_AUTHORITY));
    }
    return out.array();
  }

  private static long number(String sid, String text, long most) {
    try {
      long value = Long.decode(text);
      if (value >= 0 && value <= most) {
        return value;
      }
      throw refused(sid, null);
    } catch (NumberFormatException e) {
      throw refused(sid, e);
    }
  }

  private static RuntimeException refused(String text, @Nullable Throwable cause) {
    RuntimeException refusal =
        SecurityDescriptorText.refused(text, "a SID or an alias that no domain defines");
    if (cause != null) {
      refusal.initCause(cause);
    }
    return refusal;
  }
}
