package io.gardencell.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.spi.ImageRequest;
import io.gardencell.api.spi.RootFilesystem;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.golden.RecordedCall;
import io.gardencell.hcs.golden.RecordingHost;
import io.gardencell.image.layer.TarBuilder;
import io.gardencell.image.registry.ScriptedRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrootImageTest {

  private Path directory;
  private final DirectoryHost host = new DirectoryHost();
  private GrootImage groot;
  private Path store;

  @BeforeEach
  void openPlugin(@TempDir Path temporary) {
    directory = temporary;
    store = directory.resolve("data/groot");
    groot = new GrootImage(host.open(), ImageConfig.defaults(directory.resolve("data")));
  }

  @Test
  void createsFromTheBuiltInBaseWhenNoImageIsNamed() {
    RootFilesystem root = groot.create(request("web-1", "", 0, false));

    assertThat(root.rootPath()).startsWith("\\\\?\\Volume{");
    assertThat(folders(root)).hasSize(1);
    Path layer = Path.of(folders(root).get(0));
    assertThat(layer.resolve("Files/Windows/System32")).isDirectory();
    assertThat(layer.resolve("size")).hasContent("0");
    assertThat(groot.handles()).containsExactly("web-1");
  }

  @Test
  void unpacksWindowsLayersNewestFirstAndAppliesWhiteouts() throws Exception {
    byte[] base =
        new TarBuilder()
            .directory("Files")
            .file("Files/a.txt", "old")
            .file("Files/b.txt", "b")
            .bytes();
    byte[] top =
        new TarBuilder()
            .directory("Files")
            .file("Files/a.txt", "new!")
            .file("Files/.wh.b.txt", "")
            .bytes();
    String uri = image("image").layer(base).layer(top).env("PATH=C:\\Windows").uri();

    RootFilesystem root = groot.create(request("web-1", uri, 0, false));

    assertThat(root.env()).containsExactly("PATH=C:\\Windows");
    List<String> folders = folders(root);
    assertThat(folders).hasSize(2);
    assertThat(folders.get(1)).endsWith(TestImage.hex(base));
    assertThat(Path.of(folders.get(0)).getFileName().toString())
        .isEqualTo(
            TestImage.hex(
                (TestImage.hex(base) + " " + TestImage.hex(top))
                    .getBytes(StandardCharsets.US_ASCII)));
    assertThat(Path.of(folders.get(0)).resolve("Files/a.txt")).hasContent("new!");
    assertThat(Path.of(folders.get(0)).resolve("Files/b.txt")).doesNotExist();
    assertThat(groot.usage("web-1").totalBytes()).isEqualTo(8);
  }

  @Test
  void fetchesALayerThatALayoutMayNotHoldFromWhereItsManifestSays() throws Exception {
    byte[] base = new TarBuilder().directory("Files").file("Files/a", "far away").bytes();
    try (ScriptedRegistry elsewhere = new ScriptedRegistry()) {
      elsewhere.content("/base", TestImage.gzip(base), "application/octet-stream");
      String uri = image("image").foreignLayer(base, "http://" + elsewhere.host() + "/base").uri();

      RootFilesystem root = groot.create(request("web-1", uri, 0, false));

      assertThat(Path.of(folders(root).get(0)).resolve("Files/a")).hasContent("far away");
    }
  }

  @Test
  void putsLayersMadeOnLinuxBelowFiles() throws Exception {
    byte[] base =
        new TarBuilder()
            .file("bin/tool", "x")
            .special("bin/hard", TarConstants.LF_LINK, "bin/tool", Map.of())
            .special("bin/soft", TarConstants.LF_SYMLINK, "tool", Map.of())
            .file("n".repeat(180) + "/\u00e4\ud83d\ude00", "y")
            .bytes();
    RootFilesystem root =
        groot.create(request("web-1", image("image").layer(base).uri(), 0, false));

    Path files = Path.of(folders(root).get(0)).resolve("Files");
    assertThat(files.resolve("bin/hard")).hasContent("x");
    assertThat(Files.readSymbolicLink(files.resolve("bin/soft"))).hasToString("tool");
    assertThat(files.resolve("n".repeat(180)).resolve("\u00e4\ud83d\ude00")).hasContent("y");
  }

  @Test
  void refusesHostileNamesAndLeavesNothing() throws Exception {
    for (String name : List.of("../evil", "Files/../../evil", "/evil", "Files/a:b")) {
      byte[] base = new TarBuilder().directory("Files").file(name, "x").bytes();
      String uri = image("bad" + TestImage.hex(base)).layer(base).uri();

      assertThatThrownBy(() -> groot.create(request("web-1", uri, 0, false)))
          .hasMessageContaining("invalid entry name: '" + name + "'");
    }
    assertNothingIsLeft();
  }

  @Test
  void refusesToWriteThroughALinkOfTheImage() throws Exception {
    byte[] base =
        new TarBuilder()
            .directory("Files")
            .special("Files/out", TarConstants.LF_SYMLINK, "/", Map.of())
            .file("Files/out/evil", "x")
            .bytes();
    String uri = image("image").layer(base).uri();

    assertThatThrownBy(() -> groot.create(request("web-1", uri, 0, false)))
        .hasMessageContaining("Files\\out\\evil");

    assertNothingIsLeft();
  }

  @Test
  void refusesBlobsThatAreNotWhatTheManifestSays() throws Exception {
    byte[] base = new TarBuilder().directory("Files").bytes();
    String uri = image("image").layer(base).uri();
    byte[] other =
        TestImage.gzip(new TarBuilder().directory("Files").directory("Files/more").bytes());
    Files.write(
        directory.resolve("image/blobs/sha256").resolve(TestImage.hex(TestImage.gzip(base))),
        other);

    assertThatThrownBy(() -> groot.create(request("web-1", uri, 0, false)))
        .hasMessageContaining(": layer size is different from the value in the manifest");

    assertNothingIsLeft();
  }

  // guardian.md §18 A40
  @Test
  void stopsAtTheQuotaWhileUnpacking() throws Exception {
    byte[] base =
        new TarBuilder().directory("Files").file("Files/zeros", "0".repeat(1_000_000)).bytes();
    String uri = image("image").layer(base).uri();

    assertThatThrownBy(() -> groot.create(request("web-1", uri, 100_000, false)))
        .hasMessageContaining("uncompressed layer size exceeds quota");
    assertNothingIsLeft();
  }

  @Test
  void givesTheVolumeWhatTheImageLeavesOfTheLimit() throws Exception {
    byte[] base = new TarBuilder().directory("Files").file("Files/a", "12345").bytes();
    String uri = image("image").layer(base).uri();

    String counted = groot.create(request("a", uri, 50_000, false)).rootPath();
    String exclusive = groot.create(request("b", uri, 50_000, true)).rootPath();

    assertThat(host.limits).containsEntry(counted, 50_000L - 5 + 10240);
    assertThat(host.limits).containsEntry(exclusive, 50_000L + 10240);
  }

  @Test
  void removesTheLayerWhenItsImportFails() throws Exception {
    byte[] base = new TarBuilder().directory("Files").bytes();
    String uri =
        image("image")
            .layer(base)
            .layer(new TarBuilder().directory("Files").directory("Files/x").bytes())
            .uri();
    host.nextImport = new HcsException("ImportLayer", "", 5);

    assertThatThrownBy(() -> groot.create(request("web-1", uri, 0, false)))
        .hasMessageContaining("hcsshim::ImportLayer");

    assertThat(groot.layers()).containsExactly(TestImage.hex(base));
    assertThat(DriverStore.names(store.resolve("layers"))).containsExactly(TestImage.hex(base));
  }

  @Test
  void removesTheVolumeWhenItCannotBePrepared() {
    host.nextPrepare = new HcsException("PrepareLayer", "", 5);

    assertThatThrownBy(() -> groot.create(request("web-1", "", 0, false)))
        .hasMessageContaining("creating bundle: hcsshim::PrepareLayer");

    assertThat(groot.handles()).isEmpty();
  }

  // groot-image.md §23 case 95
  @Test
  void twoPullsOfOneImageUnpackItOnce() throws Exception {
    RecordingHost recorder = new RecordingHost(host.open());
    String uri =
        image("image")
            .layer(new TarBuilder().directory("Files").file("Files/a", "1").bytes())
            .layer(new TarBuilder().directory("Files").file("Files/b", "2").bytes())
            .uri();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      CyclicBarrier together = new CyclicBarrier(8);
      List<Future<?>> pulls = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        GrootImage own = new GrootImage(recorder.host(), ImageConfig.ofStore(store));
        pulls.add(
            threads.submit(
                () -> {
                  together.await(30, TimeUnit.SECONDS);
                  own.pull(uri, "", "");
                  return uri;
                }));
      }
      for (Future<?> pull : pulls) {
        pull.get(30, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(recorder.calls())
        .extracting(RecordedCall::function)
        .filteredOn(f -> f.equals("ProcessBaseImage") || f.equals("ImportLayer"))
        .containsExactly("ProcessBaseImage", "ImportLayer");
  }

  // groot-image.md §23 case 96
  @Test
  void unpacksAgainWhatAKilledPullLeft() throws Exception {
    byte[] base = new TarBuilder().directory("Files").file("Files/a", "whole").bytes();
    String uri = image("image").layer(base).uri();
    Path layer = store.resolve("layers").resolve(TestImage.hex(base));
    Files.createDirectories(layer.resolve("Files"));
    Files.writeString(layer.resolve("Files/a"), "ha");
    Files.writeString(layer.resolve("Files/left"), "over");

    groot.pull(uri, "", "");

    assertThat(layer.resolve("Files/a")).hasContent("whole");
    assertThat(layer.resolve("Files/left")).doesNotExist();
  }

  @Test
  void makesASpoiledLayerAgain() throws Exception {
    RootFilesystem root = groot.create(request("a", "", 0, false));
    Path layer = Path.of(folders(root).get(0));
    Files.writeString(layer.resolve("size"), "spoiled");

    groot.create(request("b", "", 0, false));

    assertThat(layer.resolve("size")).hasContent("0");
  }

  @Test
  void refusesHandlesThatAreNoNames() {
    for (String handle : List.of("", "..", "..\\layers\\x", "a/b")) {
      assertThatThrownBy(() -> groot.delete(handle)).hasMessage("invalid handle: '" + handle + "'");
    }
  }

  @Test
  void deletesTwiceAndRefusesToCreateTwice() {
    groot.create(request("a", "", 0, false));
    assertThatThrownBy(() -> groot.create(request("a", "", 0, false)))
        .hasMessageContaining("layer already exists: a");

    groot.delete("a");
    groot.delete("a");

    assertThat(groot.handles()).isEmpty();
  }

  @Test
  void collectsOnlyLayersThatNoVolumeUses() throws Exception {
    byte[] base = new TarBuilder().directory("Files").file("Files/a", "12345").bytes();
    String uri = image("image").layer(base).uri();
    groot.create(request("a", uri, 0, false));
    assertThat(groot.collectGarbage(0)).isEmpty();

    groot.delete("a");

    assertThat(groot.collectGarbage(0)).hasSize(1);
    assertThat(groot.layers()).isEmpty();
  }

  private static List<String> folders(RootFilesystem root) {
    return java.util.Objects.requireNonNull(root.windows()).layerFolders();
  }

  private void assertNothingIsLeft() {
    assertThat(DriverStore.names(store.resolve("layers"))).isEmpty();
    assertThat(DriverStore.names(store.resolve("volumes"))).isEmpty();
    assertThat(DriverStore.names(store.resolve("tmp"))).isEmpty();
    assertThat(DriverStore.names(store.resolve("pins"))).isEmpty();
  }

  private static ImageRequest request(String handle, String uri, long limit, boolean exclusive) {
    return new ImageRequest(handle, uri, "", "", limit, exclusive);
  }

  private TestImage image(String name) {
    return new TestImage(directory.resolve(name));
  }
}
