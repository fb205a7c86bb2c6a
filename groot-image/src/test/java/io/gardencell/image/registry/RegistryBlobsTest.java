package io.gardencell.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.gardencell.image.registry.ImageFixture.Layer;
import io.gardencell.image.source.Digest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Layers as registries store them. */
class RegistryBlobsTest extends RegistryTestCase {

  private static final String PLAIN = "application/vnd.oci.image.layer.v1.tar";

  // groot-image.md §23 case 52
  @Test
  void refusesABlobOfAnotherSize() throws Exception {
    Layer layer = Layer.gzip(ImageFixture.noise(100));
    ImageFixture.publish(registry, List.of(layer));
    registry.content(
        "/v2/a/b/blobs/" + Digest.sha256(layer.stored()), ImageFixture.noise(99), "x/y");

    assertThatThrownBy(() -> pull(image()))
        .hasMessageEndingWith("layer size is different from the value in the manifest");
  }

  // groot-image.md §23 case 53
  @Test
  void refusesABlobWithOtherBytes() throws Exception {
    byte[] plain = ImageFixture.noise(100);
    Layer layer = new Layer(plain, plain, PLAIN, "");
    ImageFixture.publish(registry, List.of(layer));
    byte[] other = ImageFixture.noise(101);
    registry.content(
        "/v2/a/b/blobs/" + Digest.sha256(plain), java.util.Arrays.copyOf(other, 100), "x/y");

    assertThatThrownBy(() -> pull(image()))
        .hasMessageContaining("layerID digest mismatch: expected: " + Digest.sha256(plain).hex());
  }

  // groot-image.md §23 case 57
  @Test
  void unpacksZstd() throws Exception {
    byte[] plain = ImageFixture.noise(70_000);
    ImageFixture.publish(
        registry, List.of(new Layer(plain, Zstd.compress(plain), PLAIN + "+zstd", "")));

    assertThat(pull(image())).containsExactly(plain);
  }

  // groot-image.md §23 case 59
  @Test
  void takesAChunkedAnswer() throws Exception {
    Layer layer = Layer.gzip(ImageFixture.noise(50_000));
    ImageFixture.publish(registry, List.of(layer));
    registry.script(
        "/v2/a/b/blobs/" + Digest.sha256(layer.stored()),
        (exchange, time) -> {
          int length = layer.stored().length;
          exchange.add("Transfer-Encoding", "chunked").begin(200, -1);
          exchange.write(ImageFixture.utf8(Integer.toHexString(length) + "\r\n"));
          exchange.write(layer.stored());
          exchange.write(ImageFixture.utf8("\r\n0\r\n\r\n"));
          return true;
        });

    assertThat(pull(image())).containsExactly(layer.plain());
  }

  // groot-image.md §23 case 60
  @Test
  void fetchesForeignLayersFromTheirUrlsWithoutCredentials() throws Exception {
    byte[] plain = ImageFixture.noise(5000);
    try (ScriptedRegistry elsewhere = new ScriptedRegistry()) {
      elsewhere.content("/base", ImageFixture.gzip(plain), "application/octet-stream");
      user = "u";
      password = "p";
      registry.script(
          "/v2/", ScriptedRegistry.status(401, 99, "", e -> e.add("WWW-Authenticate", "Basic")));
      publishForeign(
          plain, "http://" + elsewhere.host() + "/gone", "http://" + elsewhere.host() + "/base");

      assertThat(pull(image())).containsExactly(plain);

      assertThat(elsewhere.paths()).containsExactly("/gone", "/base");
      assertThat(elsewhere.log).allSatisfy(a -> assertThat(a.header("Authorization")).isEmpty());

      publishForeign(plain, "http://" + elsewhere.host() + "/gone");
      assertThatThrownBy(() -> pull(image()))
          .hasMessageStartingWith("failed fetching external blob from all urls: error fetching")
          .hasMessageEndingWith("received unexpected HTTP status: 404 Not Found");

      publishForeign(plain, "ftp://127.0.0.1/base");
      assertThat(pull(image())).containsExactly(plain);
    }
  }

  @Test
  void goesOnWithAForeignLayerWhereTheConnectionBroke() throws Exception {
    byte[] plain = ImageFixture.noise(3 << 20);
    try (ScriptedRegistry elsewhere = new ScriptedRegistry()) {
      elsewhere.script("/base", ScriptedRegistry.cutAfter(ImageFixture.gzip(plain), 2 << 20, 1));
      elsewhere.content("/base", ImageFixture.gzip(plain), "application/octet-stream");
      publishForeign(plain, "http://" + elsewhere.host() + "/base");

      assertThat(pull(image())).containsExactly(plain);

      assertThat(elsewhere.asked("/base"))
          .extracting(a -> a.header("Range"))
          .containsExactly("", "bytes=" + (2 << 20) + "-");
    }
  }

  private void publishForeign(byte[] plain, String... urls) {
    String more =
        ",\"urls\":["
            + String.join(",", java.util.Arrays.stream(urls).map(u -> '"' + u + '"').toList())
            + "]";
    ImageFixture.publish(
        registry, List.of(new Layer(plain, ImageFixture.gzip(plain), ImageFixture.GZIP, more)));
  }
}
