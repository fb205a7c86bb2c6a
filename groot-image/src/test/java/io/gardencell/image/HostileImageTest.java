package io.gardencell.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.spi.ImageRequest;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProvider;
import io.gardencell.image.layer.RawTar;
import io.gardencell.image.layer.TarBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Images made to do harm, on the emulated host's real files: refused, and nothing is left. */
@DisabledOnOs(OS.WINDOWS) // the emulated host needs a POSIX system
class HostileImageTest {

  private static final long MAX_BYTES = 1 << 20;
  private static final int MAX_ENTRIES = 20;

  private Path directory;
  private Path store;
  private Path canary;
  private Host host;
  private GrootImage groot;

  @BeforeEach
  void open(@TempDir Path temporary) throws IOException {
    directory = temporary;
    Path data = directory.resolve("data");
    canary = Files.writeString(directory.resolve("canary"), "alive");
    host = HostProvider.named("emulated").open(new HostOptions(data));
    ImageConfig config = ImageConfig.defaults(data);
    store = config.driverStore();
    groot =
        new GrootImage(
            host, config.withLimits(new ImageConfig.LayerLimits(MAX_BYTES, MAX_ENTRIES)));
  }

  @AfterEach
  void close() {
    host.close();
  }

  private static TarBuilder files() {
    return new TarBuilder().directory("Files");
  }

  private static TarBuilder many() {
    TarBuilder tar = files();
    for (int i = 0; i < MAX_ENTRIES; i++) {
      tar.file("Files/" + i, "");
    }
    return tar;
  }

  private static Stream<Arguments> layers() {
    Map<String, String> none = Map.of();
    return Stream.of(
        Arguments.of("invalid entry name: '../../canary'", files().file("../../canary", "x")),
        Arguments.of("invalid entry name: '/canary'", files().file("/canary", "x")),
        Arguments.of(
            "invalid entry name: 'Files\\..\\..\\x'", files().file("Files\\..\\..\\x", "")),
        Arguments.of("invalid entry name: 'C:/x'", files().file("C:/x", "")),
        Arguments.of("reserved for a device", files().file("Files/nul.txt", "")),
        Arguments.of("dot or space", files().file("Files/a.", "")),
        Arguments.of("only in case", files().file("Files/a", "").file("Files/A", "")),
        Arguments.of("invalid entry name: 'Files/a:b'", files().file("Files/a:b", "x")),
        Arguments.of(
            "canary",
            files()
                .special("Files/out", TarConstants.LF_SYMLINK, "../../../../..", none)
                .file("Files/out/canary", "dead")),
        Arguments.of(
            "invalid entry name: '../../../../canary'",
            files().special("Files/l", TarConstants.LF_LINK, "../../../../canary", none)),
        Arguments.of(
            "Files/l",
            files()
                .special("Files/out", TarConstants.LF_SYMLINK, "../../../../..", none)
                .special("Files/l", TarConstants.LF_LINK, "Files/out/canary", none)),
        Arguments.of(
            "unsupported entry type 3: Files/dev",
            files().special("Files/dev", TarConstants.LF_CHR, "", none)),
        Arguments.of("layer has more than 20 entries", many()),
        Arguments.of(
            "layer has more than 1048576 bytes",
            files().file("Files/zeros", "0".repeat((int) MAX_BYTES))),
        Arguments.of("MSWINDOWS.sd", files().file("Files/a", "", Map.of("MSWINDOWS.sd", "O:DA"))));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void refusesAHostileBaseLayer(String reason, TarBuilder tar) throws IOException {
    refuses(reason, new TestImage(directory.resolve("image")).layer(tar.bytes()), Set.of());
  }

  @ParameterizedTest
  @MethodSource("layers")
  void refusesAHostileLayerOnAnother(String reason, TarBuilder tar) throws IOException {
    TestImage image = new TestImage(directory.resolve("image")).layer(files().bytes());
    image.layer(tar.bytes());

    refuses(reason, image, Set.of(image.chainIds().get(0)));
  }

  @Test
  void refusesHolesThatFillTheDisk() throws IOException {
    byte[] tar =
        new RawTar()
            .header("Files/", '5', 0)
            .records('x', "GNU.sparse.size=2000000000", "GNU.sparse.map=0,1,2000000000,0")
            .file("Files/s", "x")
            .end();

    refuses(
        "layer has more than 1048576 bytes",
        new TestImage(directory.resolve("image")).layer(tar),
        Set.of());
  }

  /** What follows the archive's end is read for its digest. */
  @Test
  void refusesBytesWithoutEndBehindTheArchive() throws IOException {
    byte[] tar = new RawTar().header("Files/", '5', 0).bytes(new byte[3 << 20]).end();

    refuses(
        "layer has more than 1048576 bytes",
        new TestImage(directory.resolve("image")).layer(tar),
        Set.of());
  }

  /** The lower layer's link must not lead what the upper one removes or adds. */
  @Test
  void doesNotFollowALinkOfTheLayerBelow() throws IOException {
    for (TarBuilder upper :
        List.of(
            files().file("Files/out/.wh.canary", ""), files().file("Files/out/canary", "dead"))) {
      TestImage image =
          new TestImage(directory.resolve("image"))
              .layer(
                  files()
                      .special("Files/in", TarConstants.LF_SYMLINK, "Windows", Map.of())
                      .special("Files/out", TarConstants.LF_SYMLINK, "in", Map.of())
                      .bytes())
              .layer(upper.bytes());

      refuses("Files", image, Set.of(image.chainIds().get(0)));
    }
  }

  private void refuses(String reason, TestImage image, Set<String> kept) throws IOException {
    String uri = image.uri();
    Set<String> around = DriverStore.names(directory);

    assertThatThrownBy(() -> groot.create(new ImageRequest("c", uri, "", "", 0, false)))
        .hasMessageContaining(reason);

    assertThat(DriverStore.names(store.resolve("layers"))).isEqualTo(kept);
    for (String part : List.of("volumes", "tmp", "pins")) {
      assertThat(DriverStore.names(store.resolve(part))).as(part).isEmpty();
    }
    assertThat(DriverStore.names(directory)).isEqualTo(around);
    assertThat(canary).hasContent("alive");
  }
}
