package io.gardencell.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.image.registry.ImageFixture.Layer;
import io.gardencell.image.registry.ScriptedRegistry.Asked;
import io.gardencell.image.source.Digest;
import io.gardencell.image.source.ImageDescription;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of a registry, and in which order. */
class RegistrySourceTest extends RegistryTestCase {

  private static final String PLAIN = "application/vnd.oci.image.layer.v1.tar";

  // groot-image.md §23 cases 45 and 56: what is asked, in which order, with which headers
  @Test
  void asksForPingManifestConfigAndLayers() throws Exception {
    byte[] one = ImageFixture.noise(100);
    byte[] two = ImageFixture.noise(200);
    Layer plain = new Layer(two, two, PLAIN, "");
    ImageFixture.publish(registry, List.of(Layer.gzip(one), plain));

    assertThat(pull(image())).containsExactly(one, two);

    assertThat(registry.paths())
        .containsExactly(
            "/v2/",
            "/v2/a/b/manifests/latest",
            "/v2/a/b/blobs/" + Digest.sha256(ImageFixture.config(List.of(Layer.gzip(one), plain))),
            "/v2/a/b/blobs/" + Digest.sha256(ImageFixture.gzip(one)),
            "/v2/a/b/blobs/" + Digest.sha256(two));
    Asked manifest = registry.log.get(1);
    assertThat(manifest.all("Accept"))
        .containsExactly(
            "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.docker.distribution.manifest.v2+json",
            "application/vnd.docker.distribution.manifest.v1+prettyjws",
            "application/vnd.docker.distribution.manifest.v1+json",
            "application/vnd.docker.distribution.manifest.list.v2+json",
            "application/vnd.oci.image.index.v1+json");
  }

  // groot-image.md §23 case 42
  @Test
  void speaksPlainHttpOnlyToRegistriesThatAreListed() throws Exception {
    ImageFixture.publish(registry, List.of());

    assertThatThrownBy(() -> source("//" + registry.host() + "/a/b", false).describe())
        .hasMessage(
            "fetching image reference: creating image: creating image source: pinging container"
                + " registry %1$s: Get \"https://%1$s/v2/\": http: server gave HTTP response to"
                    .formatted(registry.host())
                + " HTTPS client");
    assertThat(registry.log).isEmpty();

    assertThat(image().describe().env()).containsExactly("A=1");
  }

  // groot-image.md §23 case 43
  @Test
  void takesASelfSignedCertificateOnlyFromRegistriesThatAreListed(@TempDir Path directory)
      throws Exception {
    try (ScriptedRegistry tls = new ScriptedRegistry(SelfSigned.socket(directory))) {
      ImageFixture.publish(tls, List.of());

      assertThatThrownBy(() -> source("//" + tls.host() + "/a/b", false).describe())
          .hasMessageContaining("pinging container registry " + tls.host())
          .hasMessageContaining("certification path");
      assertThat(tls.log).isEmpty();

      assertThat(source("//" + tls.host() + "/a/b", true).describe().env()).containsExactly("A=1");
    }
  }

  // groot-image.md §23 cases 20 and 62
  @Test
  void choosesTheInstanceOfAListThatFitsTheHost() throws Exception {
    ImageFixture.publish(registry, List.of(Layer.gzip(ImageFixture.noise(10))));
    byte[] fitting =
        ImageFixture.manifest(
            ImageFixture.config(List.of(Layer.gzip(ImageFixture.noise(10)))),
            List.of(Layer.gzip(ImageFixture.noise(10))));
    byte[] other = ImageFixture.utf8("{\"other\":1}");
    byte[] list =
        ImageFixture.utf8(
            "{\"schemaVersion\":2,\"manifests\":["
                + entry(other, "10.0.17763.1")
                + ","
                + entry(fitting, "10.0.20348.2")
                + "]}");
    registry.manifest("latest", list, "application/vnd.oci.image.index.v1+json");

    assertThat(pull(image())).containsExactly(ImageFixture.noise(10));
    assertThat(registry.asked("/manifests/"))
        .extracting(Asked::path)
        .containsExactly("/v2/a/b/manifests/latest", "/v2/a/b/manifests/" + Digest.sha256(fitting));

    registry.manifest(Digest.sha256(fitting).toString(), other, ScriptedRegistry.OCI_MANIFEST);
    assertThatThrownBy(() -> image().describe())
        .hasMessageContaining(
            "Image manifest does not match selected manifest digest " + Digest.sha256(fitting));
  }

  private static String entry(byte[] manifest, String version) {
    return ImageFixture.descriptor(
        ScriptedRegistry.OCI_MANIFEST,
        manifest,
        ",\"platform\":{\"os\":\"windows\",\"architecture\":\"amd64\",\"os.version\":\""
            + version
            + "\"}");
  }

  // groot-image.md §23 case 20
  @Test
  void checksTheManifestOfAPinnedReference() throws Exception {
    ImageFixture.publish(registry, List.of());
    byte[] config = ImageFixture.config(List.of());
    String digest = Digest.sha256(ImageFixture.manifest(config, List.of())).toString();
    String reference = "//" + registry.host() + "/a/b@" + digest;

    ImageDescription image = source(reference).describe();
    assertThat(image.env()).containsExactly("A=1");
    assertThat(registry.paths()).contains("/v2/a/b/manifests/" + digest);

    registry.manifest(digest, ImageFixture.utf8("{}"), ScriptedRegistry.OCI_MANIFEST);
    assertThatThrownBy(() -> source(reference).describe())
        .hasMessageContaining("Manifest does not match provided manifest digest " + digest);
  }
}
