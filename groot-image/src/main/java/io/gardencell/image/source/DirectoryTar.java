package io.gardencell.image.source;

import io.gardencell.api.files.BlockInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;

/** A directory as a tar archive, written while it is read; a piece at a time is in memory. */
final class DirectoryTar extends BlockInputStream {

  private static final int PIECE = 64 * 1024;

  /** Told at the end what was seen of the directory. */
  interface Check {
    void seen(String digest) throws IOException;
  }

  private final DirectoryWalk walk;
  private final Check check;
  private final ByteArrayOutputStream ready = new ByteArrayOutputStream(2 * PIECE);
  private final TarArchiveOutputStream tar =
      new TarArchiveOutputStream(ready, StandardCharsets.UTF_8.name());
  private byte[] piece = new byte[0];
  private int position;
  private @Nullable InputStream file;
  private long rest;
  private boolean ended;

  DirectoryTar(DirectoryWalk walk, Check check) {
    this.walk = walk;
    this.check = check;
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (position == piece.length) {
      if (ended) {
        return -1;
      }
      step();
      piece = ready.toByteArray();
      ready.reset();
      position = 0;
    }
    int n = Math.min(length, piece.length - position);
    System.arraycopy(piece, position, into, offset, n);
    position += n;
    return n;
  }

  /** Writes something more of the archive. */
  private void step() throws IOException {
    if (file != null) {
      content(file);
      return;
    }
    Optional<DirectoryWalk.Entry> next = walk.next();
    if (next.isPresent()) {
      begin(next.get());
      return;
    }
    ended = true;
    tar.close();
    check.seen(walk.seen());
  }

  private void begin(DirectoryWalk.Entry entry) throws IOException {
    boolean directory = entry.attributes().isDirectory();
    TarArchiveEntry head =
        entry.attributes().isSymbolicLink()
            ? new TarArchiveEntry(entry.name(), TarConstants.LF_SYMLINK)
            : new TarArchiveEntry(entry.name() + (directory ? "/" : ""));
    head.setLinkName(entry.target());
    head.setMode(entry.mode());
    head.setModTime(entry.attributes().lastModifiedTime());
    if (!entry.attributes().isRegularFile()) {
      tar.putArchiveEntry(head);
      tar.closeArchiveEntry();
      return;
    }
    head.setSize(entry.attributes().size());
    tar.putArchiveEntry(head);
    rest = entry.attributes().size();
    file = Files.newInputStream(entry.path());
  }

  private void content(InputStream open) throws IOException {
    byte[] bytes = open.readNBytes((int) Math.min(PIECE, rest));
    tar.write(bytes);
    rest -= bytes.length;
    if (rest == 0 || bytes.length == 0) {
      open.close();
      file = null;
      tar.closeArchiveEntry(); // fails if the file has become shorter
    }
  }

  @Override
  public void close() throws IOException {
    InputStream open = file;
    if (open != null) {
      open.close();
    }
  }
}
