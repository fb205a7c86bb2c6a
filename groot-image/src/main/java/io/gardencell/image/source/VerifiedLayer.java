package io.gardencell.image.source;

import com.github.luben.zstd.ZstdInputStream;
import io.gardencell.api.GardenException;
import io.gardencell.api.files.BlockInputStream;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The uncompressed bytes of a layer, both digests and both sizes checked while they pass. {@link
 * #verify} must be called after the last byte that is wanted. Its failures are {@link
 * GardenException}s that name the blob, in the words of the reference, which stores a layer before
 * it reads it; so they are told from failures of whoever reads. One thread.
 */
public final class VerifiedLayer extends BlockInputStream {

  private static final int BUFFER = 64 * 1024;
  private static final byte[] GZIP = {0x1f, (byte) 0x8b};
  private static final byte[] ZSTD = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};

  private static final String WRONG_SIZE = "layer size is different from the value in the manifest";
  private static final String STORING = "writing blob to tempfile: ";

  /** Rest of a refused layer that is read to find out whether its bytes were the right ones. */
  private static final long REST = 64L << 20;

  private final LayerInfo layer;
  private final Tally stored;
  private final Tally plain;
  private boolean failed;

  private VerifiedLayer(LayerInfo layer, Tally stored, Tally plain) {
    this.layer = layer;
    this.stored = stored;
    this.plain = plain;
  }

  /**
   * Wraps stored bytes, which are closed with it or if this fails.
   *
   * @param limit for the uncompressed bytes and what they {@link #expand} to
   */
  public static VerifiedLayer of(LayerInfo layer, InputStream raw, ByteLimit limit) {
    Tally stored =
        new Tally(raw, layer.blobDigest(), layer.size(), () -> failure(layer, WRONG_SIZE, null));
    try {
      InputStream plain = decompressed(layer, new BufferedInputStream(stored, BUFFER));
      return new VerifiedLayer(
          layer,
          stored,
          new Tally(
              new ReadAhead(plain),
              layer.diffId(),
              limit.bytes(),
              () -> failure(layer, STORING + limit.beyond(), null)));
    } catch (IOException e) {
      throw closing(raw, failure(layer, String.valueOf(e.getMessage()), e));
    } catch (GardenException e) {
      throw closing(raw, e);
    }
  }

  private static GardenException closing(InputStream raw, GardenException failure) {
    try {
      raw.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  private static InputStream decompressed(LayerInfo layer, InputStream in) throws IOException {
    if (layer.blobDigest() == null) {
      return in; // plain tar files are never decompressed
    }
    in.mark(ZSTD.length);
    byte[] magic = in.readNBytes(ZSTD.length);
    in.reset();
    if (Arrays.equals(magic, ZSTD)) {
      return new ZstdInputStream(in);
    }
    if (Arrays.equals(Arrays.copyOf(magic, GZIP.length), GZIP)) {
      return GzipCompressorInputStream.builder()
          .setInputStream(in)
          .setBufferSize(BUFFER)
          .setDecompressConcatenated(true)
          .get();
    }
    String type = layer.mediaType();
    if (type.isEmpty() || type.contains("gzip")) {
      throw new IOException("expected blob to be of type " + type + ": gzip: invalid header");
    }
    return in;
  }

  /** Uncompressed bytes read, and those that they {@link #expand} to. */
  public long bytes() {
    return plain.count();
  }

  /**
   * Counts bytes that will be written without having been read, such as the holes of a sparse file.
   */
  public void expand(long bytes) {
    plain.add(bytes);
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    boolean done = false;
    try {
      int n = plain.read(into, offset, length);
      done = true;
      return n;
    } catch (IOException e) {
      throw failure(layer, STORING + reason(e), e);
    } finally {
      failed |= !done;
    }
  }

  /** Reads what is left and compares. */
  public void verify() {
    finish(Long.MAX_VALUE);
  }

  /**
   * After the reader refused what it read: fails if these were not the bytes that the manifest
   * promises, since then that is the reason. Gives up on what is too long to find out.
   */
  public void blame() {
    if (!failed) {
      finish(REST);
    }
  }

  private void finish(long most) {
    byte[] sink = new byte[BUFFER];
    long left = most;
    for (int n = 0; n >= 0; n = read(sink, 0, sink.length)) {
      left -= n;
      if (left <= 0) {
        return;
      }
    }
    try {
      while (stored.read(sink, 0, sink.length) >= 0) {
        // What follows the compressed stream is part of the blob, too.
      }
    } catch (IOException e) {
      throw failure(layer, STORING + reason(e), e);
    }
    if (layer.size() >= 0 && stored.count() != layer.size()) {
      throw failure(layer, WRONG_SIZE, null);
    }
    compare("layerID", layer.blobDigest(), stored.hex());
    compare("diffID", layer.diffId(), plain.hex());
  }

  private void compare(String what, @Nullable Digest expected, Optional<String> actual) {
    if (expected != null && actual.isPresent() && !actual.get().equals(expected.hex())) {
      throw failure(
          layer,
          what + " digest mismatch: expected: " + expected.hex() + ", actual: " + actual.get(),
          null);
    }
  }

  /** The decompressor has its own words for what the reference words otherwise. */
  private static String reason(IOException e) {
    String text = String.valueOf(e.getMessage());
    if (e instanceof EOFException) {
      return "unexpected EOF";
    }
    if (text.contains("CRC32") || text.contains("size mismatch")) {
      return "gzip: invalid checksum";
    }
    return text.startsWith("Gzip-compressed data is corrupt") ? "gzip: corrupt input" : text;
  }

  private static GardenException failure(
      LayerInfo layer, String reason, @Nullable Throwable cause) {
    String text = "opening stream for blob `" + layer.blobId() + "`: " + reason;
    return cause == null ? GardenException.failure(text) : GardenException.failure(text, cause);
  }

  @Override
  public void close() throws IOException {
    plain.close();
  }
}
