package io.gardencell.image.source;

import io.gardencell.api.GardenException;
import io.gardencell.api.files.BlockInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Counts and digests what passes, up to a limit. One thread. */
final class Tally extends BlockInputStream {

  private final InputStream in;
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
    this.in = in;
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
  public int read(byte[] into, int offset, int length) throws IOException {
    int n = in.read(into, offset, length);
    if (n > 0) {
      add(n);
      if (digest != null) {
        digest.update(into, offset, n);
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
