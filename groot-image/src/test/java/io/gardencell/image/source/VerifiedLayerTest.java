package io.gardencell.image.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class VerifiedLayerTest {

  private static final byte[] PLAIN = "x".repeat(10_000).getBytes(StandardCharsets.UTF_8);
  private static final String GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    }
    return out.toByteArray();
  }

  private static ByteLimit limit(long quota) {
    return quota < 0 ? ByteLimit.ofLayer(Long.MAX_VALUE) : ByteLimit.ofQuota(quota);
  }

  private static long read(byte[] stored, Digest blob, Digest diff, String type, long quota)
      throws IOException {
    LayerInfo layer =
        new LayerInfo(blob.toString(), blob, diff, diff.hex(), stored.length, type, List.of());
    try (VerifiedLayer in =
        VerifiedLayer.of(layer, new ByteArrayInputStream(stored), limit(quota))) {
      in.readAllBytes();
      in.verify();
      return in.bytes();
    }
  }

  private static long read(byte[] stored, String type, long quota) throws IOException {
    return read(stored, Digest.sha256(stored), Digest.sha256(PLAIN), type, quota);
  }

  // groot-image.md §23 case 54
  @Test
  void refusesAnotherDiffId() throws Exception {
    byte[] stored = gzip(PLAIN);
    assertThatThrownBy(() -> read(stored, Digest.sha256(stored), Digest.sha256(stored), GZIP, -1))
        .hasMessageEndingWith(
            "diffID digest mismatch: expected: %s, actual: %s"
                .formatted(Digest.sha256(stored).hex(), Digest.sha256(PLAIN).hex()));
  }

  // groot-image.md §23 case 55
  @Test
  void refusesAPlainTarThatIsCalledGzip() {
    assertThatThrownBy(() -> read(PLAIN, GZIP, -1))
        .hasMessageEndingWith("expected blob to be of type " + GZIP + ": gzip: invalid header");
  }

  @Test
  void readsEveryMemberOfAGzipStream() throws Exception {
    ByteArrayOutputStream two = new ByteArrayOutputStream();
    two.writeBytes(gzip(java.util.Arrays.copyOf(PLAIN, 4000)));
    two.writeBytes(gzip(java.util.Arrays.copyOfRange(PLAIN, 4000, PLAIN.length)));

    assertThat(read(two.toByteArray(), GZIP, -1)).isEqualTo(PLAIN.length);
  }

  @Test
  void saysThatGzipIsSpoiled() throws Exception {
    byte[] stored = gzip(PLAIN);
    stored[stored.length - 5] ^= 1;
    assertThatThrownBy(() -> read(stored, GZIP, -1)).hasMessageContaining("gzip: invalid checksum");
  }

  // groot-image.md §23 case 58
  @Test
  void knowsSha512() throws Exception {
    byte[] stored = gzip(PLAIN);
    Digest digest =
        new Digest(
            "sha512",
            HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(stored)));

    assertThat(read(stored, digest, Digest.sha256(PLAIN), GZIP, -1)).isEqualTo(PLAIN.length);
    stored[9] ^= 1; // the member's operating system: the same bytes come out
    assertThatThrownBy(() -> read(stored, digest, Digest.sha256(PLAIN), GZIP, -1))
        .hasMessageContaining("layerID digest mismatch");
  }

  // groot-image.md §23 case 83
  @Test
  void letsExactlyTheQuotaThrough() throws Exception {
    byte[] stored = gzip(PLAIN);
    assertThat(read(stored, GZIP, PLAIN.length)).isEqualTo(PLAIN.length);
    for (long quota : new long[] {PLAIN.length - 1, 0}) {
      assertThatThrownBy(() -> read(stored, GZIP, quota))
          .hasMessageEndingWith("uncompressed layer size exceeds quota");
    }
  }
}
