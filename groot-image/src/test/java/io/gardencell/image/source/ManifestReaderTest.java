package io.gardencell.image.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ManifestReaderTest {

  private static final String D = "sha256:" + "a".repeat(64);
  private String config = "{\"rootfs\":{\"diff_ids\":[\"" + D + "\"]}}";

  private ImageDescription read(String manifest, String type) throws IOException {
    ManifestReader reader =
        new ManifestReader(
            new ManifestReader.Documents() {
              @Override
              public byte[] manifest(Digest digest) {
                return new byte[0];
              }

              @Override
              public byte[] config(Digest digest) {
                return config.getBytes(StandardCharsets.UTF_8);
              }
            },
            new Platform(0, false));
    return reader.read(manifest.getBytes(StandardCharsets.UTF_8), type);
  }

  private String manifest(String configType, String layerType, String more) {
    Digest digest = Digest.sha256(config.getBytes(StandardCharsets.UTF_8));
    return "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"%s\",\"digest\":\"%s\"},\"layers\":[{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":7}]%s}"
        .formatted(configType, digest, layerType, D, more);
  }

  private static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
  private static final String TAR = "application/vnd.oci.image.layer.v1.tar";

  // groot-image.md §23 case 67
  @Test
  void refusesArtifacts() {
    assertThatThrownBy(
            () ->
                read(
                    manifest(
                        "application/vnd.oci.empty.v1+json",
                        TAR,
                        ",\"artifactType\":\"application/vnd.foo\""),
                    ManifestReader.OCI_MANIFEST))
        .hasMessageEndingWith(
            "unsupported image-specific operation on artifact with type \"application/vnd.foo\"");
    assertThatThrownBy(
            () ->
                read(
                    manifest("application/vnd.docker.container.image.v1+json", TAR, ""),
                    ManifestReader.OCI_MANIFEST))
        .hasMessageContaining("invalid mixed OCI image with Docker v2s2 config");
  }

  // groot-image.md §23 case 68
  @Test
  void refusesDockerLayersOfUnknownTypes() {
    assertThatThrownBy(
            () -> read(manifest("x", "application/foo", ""), ManifestReader.DOCKER_MANIFEST))
        .hasMessageEndingWith("unsupported docker v2s2 media type: \"application/foo\"");
  }

  // groot-image.md §23 cases 71 and 72
  @Test
  void refusesDiffIdsThatDoNotFitTheLayers() {
    config = "{\"rootfs\":{\"diff_ids\":[]}}";
    assertThatThrownBy(() -> read(manifest(OCI_CONFIG, TAR, ""), ManifestReader.OCI_MANIFEST))
        .hasMessageEndingWith("invalid image configuration: 1 layers but 0 diff_ids");
    config = "{\"rootfs\":{\"diff_ids\":[\"abc\"]}}";
    assertThatThrownBy(() -> read(manifest(OCI_CONFIG, TAR, ""), ManifestReader.OCI_MANIFEST))
        .hasMessageEndingWith("invalid diff_id \"abc\"");
  }

  @Test
  void refusesDocumentsOfTwoKinds() {
    assertThatThrownBy(
            () -> read(manifest(OCI_CONFIG, TAR, ",\"manifests\":[]"), ManifestReader.OCI_MANIFEST))
        .hasMessageEndingWith(
            "rejecting ambiguous manifest, unexpected fields []string{\"manifests\"} in supposedly "
                + ManifestReader.OCI_MANIFEST);
  }

  @Test
  void refusesSchemaOneByName() {
    assertThatThrownBy(
            () ->
                read(
                    "{\"schemaVersion\":1}",
                    "application/vnd.docker.distribution.manifest.v1+json"))
        .hasMessageContaining("unsupported schema version 1");
  }

  // groot-image.md §23 case 74
  @Test
  void computesTheReferencesChainIds() {
    assertThat(
            ManifestReader.chainId(
                "afe200c63655576eaa5cabe036a2c09920d6aee67653ae75a9d35e0ec27205a5",
                "d7c6a5f0d9a15779521094fa5eaf026b719984fb4bfe8e0012bd1da1b62615b0"))
        .isEqualTo("9242945d3c9c7cf5f127f9352fea38b1d3efe62ee76e25f70a3e6db63a14c233");
  }
}
