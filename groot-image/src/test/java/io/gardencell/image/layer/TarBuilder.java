package io.gardencell.image.layer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** A tar archive with PAX records, entry by entry. */
public final class TarBuilder {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8");

  public TarBuilder() {
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
  }

  public TarBuilder directory(String name, Map<String, String> pax) {
    return put(new TarArchiveEntry(name.endsWith("/") ? name : name + "/"), new byte[0], pax);
  }

  public TarBuilder directory(String name) {
    return directory(name, Map.of());
  }

  public TarBuilder file(String name, String content, Map<String, String> pax) {
    byte[] body = content.getBytes(StandardCharsets.UTF_8);
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    entry.setSize(body.length);
    return put(entry, body, pax);
  }

  public TarBuilder file(String name, String content) {
    return file(name, content, Map.of());
  }

  /** An entry of any type without content. */
  public TarBuilder special(String name, byte type, String target, Map<String, String> pax) {
    TarArchiveEntry entry = new TarArchiveEntry(name, type, true);
    entry.setLinkName(target);
    return put(entry, new byte[0], pax);
  }

  private TarBuilder put(TarArchiveEntry entry, byte[] body, Map<String, String> pax) {
    entry.setModTime(0);
    entry.setUserName("");
    try {
      writePax(entry.getName(), pax);
      tar.putArchiveEntry(entry);
      tar.write(body);
      tar.closeArchiveEntry();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Written by hand: the library takes some records for itself and rounds them. */
  private void writePax(String name, Map<String, String> pax) throws IOException {
    if (pax.isEmpty()) {
      return;
    }
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    for (Map.Entry<String, String> record : pax.entrySet()) {
      String rest = " " + record.getKey() + "=" + record.getValue() + "\n";
      int length = rest.getBytes(StandardCharsets.UTF_8).length;
      int total = length + String.valueOf(length).length();
      total = length + String.valueOf(total).length();
      records.writeBytes((total + rest).getBytes(StandardCharsets.UTF_8));
    }
    TarArchiveEntry header =
        new TarArchiveEntry("PaxHeaders/x", TarConstants.LF_PAX_EXTENDED_HEADER_LC);
    header.setSize(records.size());
    tar.putArchiveEntry(header);
    tar.write(records.toByteArray());
    tar.closeArchiveEntry();
    if (name.length() > 100) {
      throw new IllegalArgumentException("name with records: " + name + " (expected: <= 100)");
    }
  }

  public byte[] bytes() {
    try {
      tar.close();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
