package io.gardencell.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.image.layer.TarBuilder;
import io.gardencell.image.source.ImageDescription;
import io.gardencell.image.source.LayerInfo;
import io.gardencell.image.source.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What image URIs name. */
class ImageSourcesTest {

  private final ImageSources sources = new ImageSources(false, new Platform(0, true), Set.of());
  private Path directory;

  @BeforeEach
  void remember(@TempDir Path temporary) {
    directory = temporary;
  }

  private ImageDescription describe(String uri) throws IOException {
    return sources.of(uri, "", "").describe();
  }

  private String layout(String name) {
    return new TestImage(directory.resolve("image"))
        .env("NAME=" + name)
        .layer(new TarBuilder().directory("Files").file("Files/a", name).bytes())
        .uri();
  }

  /** A layout with two images, the second of which has a name. */
  private String twoImages() throws IOException {
    String uri = layout("one");
    Path index = directory.resolve("image/index.json");
    String first = entry(Files.readString(index));
    layout("two");
    String second = entry(Files.readString(index));
    String named =
        second.substring(0, second.length() - 1)
            + ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"latest\"}}";
    Files.writeString(index, "{\"manifests\":[" + first + "," + named + "]}");
    return uri;
  }

  private static String entry(String index) {
    return index.substring(index.indexOf('[') + 1, index.lastIndexOf(']'));
  }

  // groot-image.md §23 cases 15, 16, 17
  @ParameterizedTest
  @CsvSource({
    "docker:a/b:c, docker: image reference / does not start with //",
    "docker:///UPPER/x, invalid reference format: repository name must be lowercase",
    "docker:///a:t@sha256:0123456789012345678901234567890123456789012345678901234567890123, "
        + "Docker references with both a tag and digest are currently not supported",
    "oci:///image:a b, Invalid image a b"
  })
  void tellsWhatIsNoReferenceWhenTheImageIsDescribed(String uri, String reason) {
    assertThatThrownBy(() -> describe(uri))
        .hasMessage("fetching image reference: creating image: parsing url failed: " + reason);
  }

  // groot-image.md §23 case 27
  @Test
  void findsAnImageOfALayoutByItsName() throws IOException {
    String uri = twoImages();

    assertThat(describe(uri + ":latest").env()).containsExactly("NAME=two");
    assertThatThrownBy(() -> describe(uri + ":zzz"))
        .hasMessageEndingWith("no descriptor found for reference \"zzz\"");
  }

  // groot-image.md §23 case 28
  @Test
  void wantsANameWhereThereAreTwoImages() throws IOException {
    String uri = twoImages();

    assertThatThrownBy(() -> describe(uri))
        .hasMessageEndingWith("more than one image in oci, choose an image");
  }

  // groot-image.md §23 case 29
  @Test
  void findsAnImageOfALayoutByItsNumber() throws IOException {
    String uri = twoImages();

    assertThat(describe(uri + ":@0").env()).containsExactly("NAME=one");
    assertThat(describe(uri + ":@1").env()).containsExactly("NAME=two");
    assertThatThrownBy(() -> describe(uri + ":@5"))
        .hasMessageEndingWith("index 5 is too large, only 2 entries available");
    assertThatThrownBy(() -> describe(uri + ":@x"))
        .hasMessageContaining("Invalid source index @x: not an integer");
  }

  // groot-image.md §23 case 30
  @Test
  void ignoresUserQueryAndFragment() throws IOException {
    String uri = layout("one");

    assertThat(describe(uri + "?a=b").env()).containsExactly("NAME=one");
    assertThat(describe(uri + "#a").env()).containsExactly("NAME=one");
    assertThat(describe(uri.replace("oci://", "OCI://u:p@")).env()).containsExactly("NAME=one");
  }

  // groot-image.md §23 case 31
  @Test
  void aTarFileIsTheSameLayerUntilItIsTouched() throws IOException {
    Path tar = directory.resolve("x.tar");
    Files.write(tar, new TarBuilder().directory("Files").bytes());
    Files.setLastModifiedTime(tar, FileTime.fromMillis(1_600_000_000_123L));

    LayerInfo layer = describe(tar.toString()).layers().get(0);

    assertThat(layer.chainId())
        .isEqualTo(TestImage.hex((tar + "-1600000000123000000").getBytes("UTF-8")));
    assertThat(layer.size()).isEqualTo(Files.size(tar));
    assertThat(describe(tar.toString()).layers()).containsExactly(layer);
    Files.setLastModifiedTime(tar, FileTime.fromMillis(1_600_000_000_124L));
    assertThat(describe(tar.toString()).layers().get(0).chainId()).isNotEqualTo(layer.chainId());
  }

  // groot-image.md §23 case 33
  @ParameterizedTest
  @CsvSource({"file:///C:/x.tar", "http://127.0.0.1:1/x.tar", "preloaded:x", "/none/x.tar", "''"})
  void saysThatAFileIsNotThere(String uri) {
    assertThatThrownBy(() -> describe(uri)).hasMessageStartingWith("fetching image timestamp: ");
  }
}
