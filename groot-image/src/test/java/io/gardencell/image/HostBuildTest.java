package io.gardencell.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.image.registry.ScriptedRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Windows host gets the instance of a list that its own build can run. */
class HostBuildTest {

  private static final String INDEX = "application/vnd.oci.image.index.v1+json";
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  private final ScriptedRegistry registry = new ScriptedRegistry();
  private Path directory;

  @BeforeEach
  void remember(@TempDir Path temporary) {
    directory = temporary;
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private void offer(String... versions) {
    StringBuilder entries = new StringBuilder();
    for (String version : versions) {
      byte[] config =
          utf8("{\"os\":\"windows\",\"version\":\"" + version + "\",\"rootfs\":{\"diff_ids\":[]}}");
      byte[] manifest =
          utf8(
              "{\"schemaVersion\":2,\"config\":%s,\"layers\":[]}"
                  .formatted(descriptor("application/vnd.oci.image.config.v1+json", config, "")));
      registry.content("/v2/a/b/blobs/sha256:" + TestImage.hex(config), config, "x/y");
      registry.content("/v2/a/b/manifests/sha256:" + TestImage.hex(manifest), manifest, MANIFEST);
      entries
          .append(entries.isEmpty() ? "" : ",")
          .append(
              descriptor(
                  MANIFEST,
                  manifest,
                  ",\"platform\":{\"os\":\"windows\",\"architecture\":\"amd64\",\"os.version\":\"%s\"}"
                      .formatted(version)));
    }
    byte[] index = utf8("{\"schemaVersion\":2,\"manifests\":[" + entries + "]}");
    registry.content("/v2/a/b/manifests/latest", index, INDEX);
  }

  private static String descriptor(String type, byte[] bytes, String more) {
    return "{\"mediaType\":\"%s\",\"digest\":\"sha256:%s\",\"size\":%d%s}"
        .formatted(type, TestImage.hex(bytes), bytes.length, more);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void pull(int build) {
    ImageConfig config =
        ImageConfig.ofStore(directory.resolve("store"))
            .withInsecureRegistries(Set.of(registry.host()));
    new GrootImage(new DirectoryHost().open("hcs", build), config)
        .pull("docker://" + registry.host() + "/a/b", "", "");
  }

  // groot-image.md §23 case 62; hcs-abi.md §14
  @Test
  void takesTheBuildFromTheHost() {
    offer("10.0.20348.2402", "10.0.17763.5458");

    pull(17763);

    offer("10.0.20348.2402");
    assertThatThrownBy(() -> pull(17763))
        .hasMessageEndingWith(
            "no image found in image index for architecture \"amd64\", variant \"\", OS"
                + " \"windows\" compatible with host 10.0.17763");
  }

  // groot-image.md §23 case 63
  @Test
  void takesOlderBuildsThatTheHostCanRun() {
    offer("10.0.17763.1", "10.0.20348.1");

    pull(26100);

    assertThatThrownBy(() -> pull(26200)).hasMessageContaining("compatible with host 10.0.26200");
    assertThat(DriverStore.names(directory.resolve("store/layers"))).isEmpty();
  }
}
