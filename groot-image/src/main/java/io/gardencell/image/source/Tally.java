package io.gardencell.image.source;

import io.gardencell.api.GardenException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Counts and digests what passes, up to a limit. One thread. */
final class Tally extends FilterInputStream {

  private final @Nullable MessageDigest digest;
  private final long limit;
  private final Supplier<GardenException> beyond;
  private long count;

  /**
   * A tally.
   *
   * @param like whose algorithm to use; null for no digest
   * @param limit most bytes, negative for no limit
   * @param beyond what is thrown by the read that passes the limit
   */
  Tally(InputStream in, @Nullable Digest like, long limit, Supplier<GardenException> beyond) {
    super(in);
    this.digest = like == null ? null : Digest.messageDigest(like.algorithm());
    this.limit = limit;
    this.beyond = beyond;
  }

  long count() {
    return count;
  }

  /** Counts bytes that do not pass here. */
  void add(long bytes) {
    count += bytes;
    if (limit >= 0 && (count > limit || count < 0)) {
      throw beyond.get();
    }
  }

  /** Hex digits of the digest of all that was read; once. */
  Optional<String> hex() {
    return digest == null
        ? Optional.empty()
        : Optional.of(HexFormat.of().formatHex(digest.digest()));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int n = super.read(into, offset, length);
    if (n > 0) {
      add(n);
      if (digest != null) {
        digest.update(into, offset, n);
      }
    }
    return n;
  }

  @Override
  public long skip(long n) throws IOException {
    byte[] sink = new byte[(int) Math.min(Math.max(n, 0), 64 * 1024)];
    return Math.max(0, read(sink, 0, sink.length));
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
