package io.gardencell.image.layer;

import io.gardencell.api.GardenException;
import io.gardencell.api.files.ArchiveBytes;
import io.gardencell.image.source.VerifiedLayer;
import java.io.EOFException;
import java.io.IOException;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a layer's tar, one after the other. Bounds what an entry may cost before its
 * content comes: headers by {@link ArchiveBytes}, and a sparse file of terabytes takes a few bytes.
 * One thread.
 */
final class TarEntries {

  private static final Set<Byte> REGULAR =
      Set.of(
          TarConstants.LF_OLDNORM,
          TarConstants.LF_NORMAL,
          TarConstants.LF_CONTIG,
          TarConstants.LF_GNUTYPE_SPARSE);

  private final VerifiedLayer layer;
  private final int maxEntries;
  private final ArchiveBytes bytes;
  private final TarArchiveInputStream tar;
  private @Nullable TarArchiveEntry again;
  private int count;

  TarEntries(VerifiedLayer layer, int maxEntries) {
    this.layer = layer;
    this.maxEntries = maxEntries;
    this.bytes = new ArchiveBytes(layer);
    this.tar = new TarArchiveInputStream(bytes, "UTF-8");
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
    bytes.beginHeaders();
    try {
      entry = tar.getNextEntry();
    } catch (IOException | IllegalArgumentException e) {
      throw spoiled("archive/tar: invalid tar header", e);
    }
    if (entry == null && bytes.isCut()) {
      throw new IOException("unexpected EOF");
    }
    bytes.beginContent();
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
}
