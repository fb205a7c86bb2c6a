package io.gardencell.image.registry;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.image.registry.ImageFixture.Layer;
import io.gardencell.image.source.Digest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a registry refuses, in the words of the reference; and what is refused of its answers. */
class RegistryRefusalsTest extends RegistryTestCase {

  // groot-image.md §23 case 44
  @Test
  void saysThatThePingFailed() {
    registry.script("/v2/", ScriptedRegistry.status(500, 99));

    assertThatThrownBy(() -> pull(image()))
        .hasMessageEndingWith(
            "pinging container registry "
                + registry.host()
                + ": received unexpected HTTP status: 500 Internal Server Error");
  }

  // groot-image.md §23 case 45
  @Test
  void wordsTheRefusalOfAManifest() {
    String path = "/v2/a/b/manifests/latest";
    String start =
        "fetching image reference: creating image: creating image source: reading manifest latest"
            + " in "
            + registry.host()
            + "/a/b: ";
    registry.script(
        path,
        ScriptedRegistry.status(
            404,
            99,
            "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest"
                + " unknown\",\"detail\":{\"Tag\":\"x\"}}]}",
            e -> {}));
    assertThatThrownBy(() -> image().describe()).hasMessage(start + "manifest unknown");

    registry.script(
        path, ScriptedRegistry.status(403, 99, "{\"errors\":[{\"code\":\"DENIED\"}]}", e -> {}));
    assertThatThrownBy(() -> image().describe()).hasMessage(start + "denied");

    registry.script(path, ScriptedRegistry.status(500, 99));
    assertThatThrownBy(() -> image().describe())
        .hasMessage(start + "received unexpected HTTP status: 500 Internal Server Error");
  }

  // groot-image.md §23 case 48
  @Test
  void wordsTheRefusalOfABlob() throws Exception {
    Layer layer = Layer.gzip(ImageFixture.noise(10));
    ImageFixture.publish(registry, List.of(layer));
    String path = "/v2/a/b/blobs/" + Digest.sha256(layer.stored());
    String error =
        "{\"errors\":[{\"code\":\"BLOB_UNKNOWN\",\"message\":\"blob unknown to"
            + " registry\",\"detail\":%s}]}";
    registry.script(path, ScriptedRegistry.status(404, 99, error.formatted("{\"a\":1}"), e -> {}));
    assertThatThrownBy(() -> pull(image())).hasMessage("fetching blob: blob unknown to registry");

    registry.script(path, ScriptedRegistry.status(404, 99, error.formatted("null"), e -> {}));
    assertThatThrownBy(() -> pull(image())).hasMessage("fetching blob: blob unknown");
  }

  // groot-image.md §23 case 69
  @Test
  void refusesAPageThatIsNoManifest() {
    registry.manifest("latest", ImageFixture.utf8("<html>"), "text/html");

    assertThatThrownBy(() -> image().describe())
        .hasMessageContaining("invalid character '<' looking for beginning of value");
  }

  // groot-image.md §23 case 70
  @Test
  void refusesAManifestBeyondFourMebibytes() {
    registry.manifest("latest", new byte[5 << 20], ScriptedRegistry.OCI_MANIFEST);

    assertThatThrownBy(() -> image().describe())
        .hasMessageContaining("exceeded maximum allowed size of 4194304 bytes");
  }

  // groot-image.md §23 case 73
  @Test
  void refusesAConfigurationWithOtherBytes() {
    byte[] config = ImageFixture.config(List.of());
    ImageFixture.publish(registry, List.of());
    registry.content("/v2/a/b/blobs/" + Digest.sha256(config), ImageFixture.utf8("{}"), "x/y");

    assertThatThrownBy(() -> image().describe())
        .hasMessage(
            "fetching image configuration: Download config.json digest %s does not match expected %s"
                .formatted(Digest.sha256(ImageFixture.utf8("{}")), Digest.sha256(config)));
  }

  @Test
  void stopsFollowingRedirectsThatNeverEnd() {
    registry.script(
        "/v2/a/b/manifests/latest",
        ScriptedRegistry.status(302, 99, "", e -> e.add("Location", "/v2/a/b/manifests/latest")));

    assertThatThrownBy(() -> image().describe()).hasMessageContaining("stopped after 10 redirects");
  }

  @Test
  void refusesARedirectToAFile() {
    registry.script(
        "/v2/a/b/manifests/latest",
        ScriptedRegistry.status(302, 99, "", e -> e.add("Location", "file:///etc/passwd")));

    assertThatThrownBy(() -> image().describe()).hasMessageContaining("'file:///etc/passwd'");
  }
}
