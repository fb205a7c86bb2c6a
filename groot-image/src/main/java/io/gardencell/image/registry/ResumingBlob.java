package io.gardencell.image.registry;

import java.io.IOException;
import java.io.InputStream;

/** Bytes of a blob that go on by Range where a connection broke. One thread. */
final class ResumingBlob extends InputStream {

  /** Opens the blob from an offset. */
  interface Reopening {
    InputStream from(long offset) throws IOException;
  }

  private static final int MAX_RESUMES = 5;

  private final long size;
  private final Reopening reopening;
  private InputStream in;
  private long position;
  private int resumes;

  ResumingBlob(InputStream first, long size, Reopening reopening) {
    this.in = first;
    this.size = size;
    this.reopening = reopening;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    while (true) {
      int n;
      try {
        n = in.read(into, offset, length);
      } catch (IOException e) {
        if (resumes == MAX_RESUMES || position == 0) {
          throw e;
        }
        resumes++;
        in.close();
        in = reopening.from(position);
        continue;
      }
      if (n > 0) {
        position += n;
      }
      if (size >= 0 && position > size) {
        throw new IOException("layer size is different from the value in the manifest");
      }
      return n;
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
