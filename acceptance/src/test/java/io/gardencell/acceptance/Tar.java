package io.gardencell.acceptance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** A tar stream by its entries, in order; directories end with a slash. */
final class Tar {

  private final Map<String, byte[]> entries = new LinkedHashMap<>();

  Tar file(String name, String text) {
    return file(name, text.getBytes(StandardCharsets.UTF_8));
  }

  /** With the directories above it, as tools write them. */
  Tar file(String name, byte[] bytes) {
    for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
      entries.putIfAbsent(name.substring(0, slash + 1), new byte[0]);
    }
    entries.put(name, bytes);
    return this;
  }

  byte[] bytes() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writeTo(bytes);
    return bytes.toByteArray();
  }

  void writeTo(OutputStream out) throws IOException {
    TarArchiveOutputStream tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name());
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
    for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
      TarArchiveEntry header = new TarArchiveEntry(entry.getKey());
      header.setModTime(946684800000L); // so that equal trees are equal layers
      header.setSize(entry.getValue().length);
      tar.putArchiveEntry(header);
      tar.write(entry.getValue());
      tar.closeArchiveEntry();
    }
    tar.finish();
  }

  /** The regular files of a tar stream by name, the stream read to its end and closed. */
  static Map<String, byte[]> files(InputStream in) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (TarArchiveInputStream tar = new TarArchiveInputStream(in, StandardCharsets.UTF_8.name())) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.isFile()) {
          files.put(entry.getName(), tar.readAllBytes());
        }
      }
    }
    return files;
  }
}
