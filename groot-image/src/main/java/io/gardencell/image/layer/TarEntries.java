package io.gardencell.image.layer;

import io.gardencell.api.GardenException;
import io.gardencell.api.files.BlockInputStream;
import io.gardencell.image.source.VerifiedLayer;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a layer's tar, one after the other. Bounds what an entry may cost before its
 * content comes: the library keeps long names and PAX records in memory however long they are, and
 * a sparse file of terabytes takes a few bytes. One thread.
 */
final class TarEntries {

  /**
   * Names and records of one entry: security and extended attributes have 64 KiB each at most. The
   * library calls itself for each header that is no entry, so this bounds its stack, too.
   */
  static final int MAX_HEADER_BYTES = 256 << 10;

  private static final Set<Byte> REGULAR =
      Set.of(
          TarConstants.LF_OLDNORM,
          TarConstants.LF_NORMAL,
          TarConstants.LF_CONTIG,
          TarConstants.LF_GNUTYPE_SPARSE);

  private final VerifiedLayer layer;
  private final int maxEntries;
  private final HeaderBytes headers;
  private final TarArchiveInputStream tar;
  private @Nullable TarArchiveEntry again;
  private int count;

  TarEntries(VerifiedLayer layer, int maxEntries) {
    this.layer = layer;
    this.maxEntries = maxEntries;
    this.headers = new HeaderBytes(layer);
    this.tar = new TarArchiveInputStream(headers, "UTF-8");
  }

  /**
   * The next entry, null at the end. The stream's own failures are no IOExceptions, so these are
   * the archive's.
   */
  @Nullable TarArchiveEntry next() throws IOException {
    TarArchiveEntry known = again;
    if (known != null) {
      again = null;
      return known;
    }
    TarArchiveEntry entry;
    headers.bound();
    try {
      entry = tar.getNextEntry();
    } catch (IOException | IllegalArgumentException e) {
      throw spoiled("archive/tar: invalid tar header", e);
    }
    if (entry == null && headers.isCut()) {
      throw new IOException("unexpected EOF");
    }
    headers.unbound();
    if (entry != null && ++count > maxEntries) {
      throw GardenException.failure("layer has more than " + maxEntries + " entries");
    }
    if (entry != null && entry.isSparse()) {
      layer.expand(entry.getRealSize());
    }
    return entry;
  }

  /** Makes an entry that was read too early the next one again. */
  void unread(@Nullable TarArchiveEntry entry) {
    again = entry;
  }

  /** Reads content of the entry that {@link #next} gave, holes of a sparse one as zeros. */
  int read(byte[] into) throws IOException {
    try {
      return tar.read(into);
    } catch (IOException e) {
      throw spoiled("archive/tar: invalid content", e);
    }
  }

  private static IOException spoiled(String otherwise, Exception e) {
    boolean cut = e instanceof EOFException || String.valueOf(e.getMessage()).contains("runcated");
    return new IOException(cut ? "unexpected EOF" : otherwise, e);
  }

  /** Whether the entry is a file with content, not a link, a directory or a device. */
  static boolean isRegular(TarArchiveEntry entry) {
    return REGULAR.contains(entry.getLinkFlag()) && !entry.isDirectory();
  }

  /** Lets only so much through while the library looks for the next entry. */
  private static final class HeaderBytes extends BlockInputStream {

    private static final int BLOCK = 512;

    private final InputStream in;
    private long left = Long.MAX_VALUE;
    private long total;
    private int zeros;

    HeaderBytes(InputStream in) {
      this.in = in;
    }

    void bound() {
      left = MAX_HEADER_BYTES;
      zeros = 0;
    }

    void unbound() {
      left = Long.MAX_VALUE;
    }

    /** Whether the archive ended within a block, which the library takes for its end. */
    boolean isCut() {
      return total % BLOCK != 0 && zeros < BLOCK;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (left <= 0) {
        throw GardenException.failure(
            "headers of an entry: more than " + MAX_HEADER_BYTES + " bytes");
      }
      int n = in.read(into, offset, (int) Math.min(length, left));
      total += Math.max(0, n);
      if (left < Long.MAX_VALUE) {
        left -= Math.max(0, n);
        for (int i = offset; i < offset + n; i++) {
          zeros = into[i] == 0 ? zeros + 1 : 0;
        }
      }
      return n;
    }

    @Override
    public int available() throws IOException {
      return in.available();
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
