package io.gardencell.server.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** A tar archive in memory, also with entries that no honest program writes. */
final class Archive {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8");

  private FileTime time = FileTime.fromMillis(0);

  Archive() {
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
    tar.setAddPaxHeadersForNonAsciiNames(true);
  }

  Archive posixNames() {
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    return this;
  }

  Archive file(String name, String content) {
    return file(name, content, 0644);
  }

  Archive file(String name, String content, int mode) {
    TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_NORMAL, true);
    entry.setMode(mode);
    return put(entry, content);
  }

  /** The time of the entries from here on. */
  Archive at(FileTime modified) {
    time = modified;
    return this;
  }

  Archive directory(String name) {
    return put(new TarArchiveEntry(name + "/", TarConstants.LF_DIR, true), "");
  }

  Archive symbolicLink(String name, String target) {
    return link(name, TarConstants.LF_SYMLINK, target);
  }

  Archive hardLink(String name, String target) {
    return link(name, TarConstants.LF_LINK, target);
  }

  private Archive link(String name, byte type, String target) {
    TarArchiveEntry entry = new TarArchiveEntry(name, type, true);
    entry.setLinkName(target);
    return put(entry, "");
  }

  Archive special(String name, byte type) {
    return put(new TarArchiveEntry(name, type, true), "");
  }

  private Archive put(TarArchiveEntry entry, String content) {
    byte[] body = content.getBytes(StandardCharsets.UTF_8);
    entry.setSize(body.length);
    entry.setLastModifiedTime(time);
    try {
      tar.putArchiveEntry(entry);
      tar.write(body);
      tar.closeArchiveEntry();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  byte[] bytes() throws IOException {
    tar.finish();
    return bytes.toByteArray();
  }
}
