package io.gardencell.api.files;

import io.gardencell.api.GardenException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The bytes of a tar archive on their way to the library that reads it. Lets only so much through
 * while the library looks for the next entry: it keeps long names and PAX records in memory however
 * long they are. Knows, too, whether the archive was cut within a block, which the library takes
 * for its end. One thread.
 */
public final class ArchiveBytes extends BlockInputStream {

  /**
   * Names and records of one entry: security and extended attributes have 64 KiB each at most. The
   * library calls itself for each header that is no entry, so this bounds its stack, too.
   */
  public static final int MAX_HEADER_BYTES = 256 << 10;

  private static final int BLOCK = 512;

  private final InputStream archive;
  private long left = Long.MAX_VALUE;
  private long total;
  private int zeros;

  /** Reads {@code archive}, which the caller closes. */
  public ArchiveBytes(InputStream archive) {
    this.archive = archive;
  }

  /**
   * From here on come headers. Beyond {@link #MAX_HEADER_BYTES} reading fails with a {@link
   * GardenException}, which is no fault of the stream below.
   */
  public void beginHeaders() {
    left = MAX_HEADER_BYTES;
    zeros = 0;
  }

  /** From here on comes content, as much as there is. */
  public void beginContent() {
    left = Long.MAX_VALUE;
  }

  /** Whether the archive, which the library has read to its end, ended within a block. */
  public boolean isCut() {
    return total % BLOCK != 0 && zeros < BLOCK;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (left <= 0) {
      throw GardenException.failure(
          "headers of an entry: more than " + MAX_HEADER_BYTES + " bytes");
    }
    int n = archive.read(into, offset, (int) Math.min(length, left));
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
    return archive.available();
  }

  @Override
  public void close() throws IOException {
    archive.close();
  }
}
