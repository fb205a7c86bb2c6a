package io.gardencell.api.files;

import java.io.IOException;
import java.io.InputStream;

/**
 * A stream whose bytes come many at a time: a read of one is a read of an array of one. Neither
 * marks nor skips but by reading. Confined as its subclass says.
 */
public abstract class BlockInputStream extends InputStream {

  @Override
  public final int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public abstract int read(byte[] into, int offset, int length) throws IOException;
}
