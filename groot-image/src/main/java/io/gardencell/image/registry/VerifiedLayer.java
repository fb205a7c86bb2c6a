package io.gardencell.image.registry;

import com.github.luben.zstd.ZstdInputStream;
import io.gardencell.api.GardenException;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The uncompressed bytes of a layer, both digests and both sizes checked while they pass. {@link
 * #verify} must be called after the last byte that is wanted. One thread.
 */
public final class VerifiedLayer extends FilterInputStream {

  private final LayerInfo layer;
  private final Tally stored;
  private final Tally plain;

  private VerifiedLayer(LayerInfo layer, Tally stored, Tally plain) {
    super(plain);
    this.layer = layer;
    this.stored = stored;
    this.plain = plain;
  }

  /**
   * Wraps stored bytes.
   *
   * @param quota most uncompressed bytes, negative for no limit
   */
  public static VerifiedLayer of(LayerInfo layer, InputStream raw, long quota) throws IOException {
    Digest blob = layer.blobDigest();
    Digest diff = layer.diffId();
    Tally stored = new Tally(raw, blob == null ? null : blob.algorithm(), -1);
    try {
      InputStream buffered = new BufferedInputStream(stored, 64 * 1024);
      InputStream plain = decompress(layer, buffered);
      return new VerifiedLayer(
          layer, stored, new Tally(plain, diff == null ? null : diff.algorithm(), quota));
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  private static InputStream decompress(LayerInfo layer, InputStream in) throws IOException {
    String type = layer.mediaType();
    in.mark(4);
    byte[] magic = in.readNBytes(4);
    in.reset();
    boolean gzip = magic.length > 1 && (magic[0] & 0xff) == 0x1f && (magic[1] & 0xff) == 0x8b;
    boolean zstd =
        magic.length > 3
            && (magic[0] & 0xff) == 0x28
            && (magic[1] & 0xff) == 0xb5
            && magic[2] == 0x2f
            && (magic[3] & 0xff) == 0xfd;
    if (layer.blobDigest() == null) {
      return in; // plain tar files are never decompressed
    }
    if (zstd) {
      return new ZstdInputStream(in);
    }
    if (gzip) {
      return new GzipCompressorInputStream(in, true);
    }
    if (type.isEmpty() || type.contains("gzip")) {
      throw new IOException("expected blob to be of type " + type + ": gzip: invalid header");
    }
    return in;
  }

  /** Uncompressed bytes read. */
  public long bytes() {
    return plain.count;
  }

  /** Reads what is left and compares. */
  public void verify() throws IOException {
    plain.transferTo(OutputStream.nullOutputStream());
    stored.transferTo(OutputStream.nullOutputStream());
    if (layer.size() >= 0 && stored.count != layer.size()) {
      throw GardenException.failure("layer size is different from the value in the manifest");
    }
    compare("layerID", layer.blobDigest(), stored);
    compare("diffID", layer.diffId(), plain);
  }

  private static void compare(String what, @Nullable Digest expected, Tally tally) {
    if (expected == null || tally.digest == null) {
      return;
    }
    String actual = HexFormat.of().formatHex(tally.digest.digest());
    if (!actual.equals(expected.hex())) {
      throw GardenException.failure(
          what + " digest mismatch: expected: " + expected.hex() + ", actual: " + actual);
    }
  }

  private static final class Tally extends FilterInputStream {
    private final @Nullable MessageDigest digest;
    private final long limit;
    private long count;

    Tally(InputStream in, @Nullable String algorithm, long limit) {
      super(in);
      this.digest = algorithm == null ? null : Digest.messageDigest(algorithm);
      this.limit = limit;
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
        count += n;
        if (digest != null) {
          digest.update(into, offset, n);
        }
        if (limit >= 0 && count > limit) {
          throw GardenException.failure("uncompressed layer size exceeds quota");
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
}
