package io.gardencell.image.layer;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.FileBasicInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.attribute.FileTime;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.jspecify.annotations.Nullable;

/** Reads Windows facts from a tar entry's PAX records (Source: go-winio: backuptar/tar.go). */
final class EntryFacts {

  private static final long EPOCH_AS_FILETIME = 116444736000000000L;
  private static final String ATTRIBUTE_PREFIX = "MSWINDOWS.xattr.";

  private EntryFacts() {}

  static FileBasicInfo basicInfo(TarArchiveEntry entry) {
    long write = fileTime(entry.getLastModifiedTime());
    FileTime born = entry.getCreationTime();
    return new FileBasicInfo(
        born == null ? write : fileTime(born),
        fileTime(entry.getLastAccessTime()),
        write,
        fileTime(entry.getStatusChangeTime()),
        attributes(entry));
  }

  private static int attributes(TarArchiveEntry entry) {
    String text = entry.getExtraPaxHeader("MSWINDOWS.fileattr");
    if (text == null) {
      return entry.isDirectory() ? FileBasicInfo.DIRECTORY : 0;
    }
    try {
      return Integer.parseUnsignedInt(text);
    } catch (NumberFormatException e) {
      boolean number = text.matches("\\d+");
      throw GardenException.failure(
          "strconv.ParseUint: parsing \"%s\": %s"
              .formatted(text, number ? "value out of range" : "invalid syntax"),
          e);
    }
  }

  private static long fileTime(@Nullable FileTime time) {
    return time == null ? 0 : Math.floorDiv(nanos(time), 100L) + EPOCH_AS_FILETIME;
  }

  private static long nanos(FileTime time) {
    return time.to(TimeUnit.NANOSECONDS);
  }

  /** A security descriptor in its binary form. */
  static Optional<byte[]> security(TarArchiveEntry entry) {
    String raw = entry.getExtraPaxHeader("MSWINDOWS.rawsd");
    if (raw != null && !raw.isEmpty()) {
      return Optional.of(base64("MSWINDOWS.rawsd", raw));
    }
    String sddl = entry.getExtraPaxHeader("MSWINDOWS.sd");
    return sddl == null || sddl.isEmpty()
        ? Optional.empty()
        : Optional.of(SecurityDescriptorText.parse(sddl));
  }

  /**
   * Extended attributes in order of their names.
   *
   * @param keepMode whether the Unix mode goes along as {@code $LXMOD}, the attribute in which
   *     Windows itself keeps it; for hosts that can set it
   */
  static Map<String, byte[]> extendedAttributes(TarArchiveEntry entry, boolean keepMode) {
    Map<String, byte[]> all = new TreeMap<>();
    for (Map.Entry<String, String> e : entry.getExtraPaxHeaders().entrySet()) {
      if (e.getKey().startsWith(ATTRIBUTE_PREFIX)) {
        all.put(e.getKey().substring(ATTRIBUTE_PREFIX.length()), base64(e.getKey(), e.getValue()));
      }
    }
    if (keepMode) {
      ByteBuffer mode = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
      mode.putInt((entry.getMode() & 07777) | (entry.isDirectory() ? 0040000 : 0100000));
      all.put("$LXMOD", mode.array());
    }
    return all;
  }

  private static byte[] base64(String key, String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw GardenException.failure(key + ": illegal base64 data: " + e.getMessage(), e);
    }
  }
}
