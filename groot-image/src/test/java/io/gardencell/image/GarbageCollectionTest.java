package io.gardencell.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.api.spi.ImageRequest;
import io.gardencell.hcs.golden.FaultRules;
import io.gardencell.hcs.golden.RecordingHost;
import io.gardencell.image.layer.TarBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GarbageCollectionTest {

  private final RecordingHost host = new RecordingHost(new DirectoryHost().open());
  private Path directory;
  private Path store;
  private GrootImage groot;

  @BeforeEach
  void openPlugin(@TempDir Path temporary) {
    directory = temporary;
    store = directory.resolve("store");
    groot = keeping();
  }

  private GrootImage keeping(String... images) {
    return new GrootImage(host.host(), ImageConfig.ofStore(store).withPinnedImages(Set.of(images)));
  }

  /** Two layers; images of one base name share it. */
  private TestImage image(String base, String top) {
    return new TestImage(directory.resolve(base + "-" + top))
        .layer(new TarBuilder().directory("Files").file("Files/base", base).bytes())
        .layer(new TarBuilder().directory("Files").file("Files/top", top).bytes());
  }

  private void create(String handle, TestImage image) {
    groot.create(new ImageRequest(handle, image.uri(), "", "", 0, false));
  }

  private void age(Path path, Duration by) throws IOException {
    Files.setLastModifiedTime(path, FileTime.from(Instant.now().minus(by)));
  }

  private void age(String chainId, Duration by) throws IOException {
    age(store.resolve("layers").resolve(chainId).resolve("size"), by);
    age(store.resolve("layers").resolve(chainId), by);
  }

  // groot-image.md §23 case 156
  @Test
  void removesWhatNoVolumeUsesAndKeepsTheRestWithItsAncestors() {
    TestImage used = image("one", "a");
    TestImage sibling = image("one", "b");
    TestImage other = image("two", "c");
    create("web-1", used);
    groot.pull(sibling.uri(), "", "");
    groot.pull(other.uri(), "", "");

    assertThat(groot.collectGarbage(0))
        .containsExactlyInAnyOrder(
            sibling.chainIds().get(1), other.chainIds().get(0), other.chainIds().get(1));

    assertThat(groot.layers()).containsExactlyInAnyOrderElementsOf(used.chainIds());
  }

  // groot-image.md §23 case 157: pins what it can have been made of
  @Test
  void aVolumeThatDoesNotNameItsLayersKeepsAllThatAreOlder() throws IOException {
    TestImage old = image("old", "a");
    TestImage young = image("new", "b");
    create("web-1", old);
    groot.pull(young.uri(), "", "");
    Path metadata = store.resolve("volumes/web-1/metadata.json");
    Files.writeString(metadata, "{\"size\":4}");
    for (String chainId : old.chainIds()) {
      age(chainId, Duration.ofDays(9));
    }
    assertThat(groot.collectGarbage(0)).isEmpty(); // two layers are hardly younger than the volume

    age(metadata, Duration.ofDays(8));

    assertThat(groot.collectGarbage(0)).containsExactlyInAnyOrderElementsOf(young.chainIds());
    assertThat(groot.layers()).containsExactlyInAnyOrderElementsOf(old.chainIds());
  }

  @Test
  void aVolumeThatDoesNotNameItsLayersDoesNotKeepThoseLargerThanItsImage() throws IOException {
    TestImage large = image("a-base-of-many-bytes", "a");
    TestImage small = image("1", "2");
    groot.pull(large.uri(), "", "");
    create("web-1", small);
    Files.writeString(store.resolve("volumes/web-1/metadata.json"), "{\"size\":2}");

    assertThat(groot.collectGarbage(0)).containsExactlyInAnyOrderElementsOf(large.chainIds());
  }

  @Test
  void aVolumeWithSpoiledMetadataKeepsAllThatAreOlder() throws IOException {
    create("web-1", image("1", "2"));
    groot.pull(image("a-base-of-many-bytes", "a").uri(), "", "");
    Files.writeString(store.resolve("volumes/web-1/metadata.json"), "{\"size\":");

    assertThat(groot.collectGarbage(0)).isEmpty();
  }

  // groot-image.md §23 case 158
  @Test
  void removesNothingWhileUnusedLayersAreNoMoreThanTheThreshold() {
    groot.pull(image("12345", "678").uri(), "", "");

    assertThat(groot.collectGarbage(8)).isEmpty();
    assertThat(groot.collectGarbage(7)).isNotEmpty();
  }

  @Test
  void removesTheOldestFirstUntilTheThresholdIsReached() throws IOException {
    TestImage first = image("11111", "1");
    TestImage second = image("22222", "2");
    groot.pull(first.uri(), "", "");
    groot.pull(second.uri(), "", "");
    for (String chainId : second.chainIds()) {
      age(chainId, Duration.ofDays(2));
    }

    assertThat(groot.collectGarbage(6)).containsExactlyInAnyOrderElementsOf(second.chainIds());
    assertThat(groot.layers()).containsExactlyInAnyOrderElementsOf(first.chainIds());
  }

  @Test
  void removesIncompleteLayersWhateverTheThreshold() throws IOException {
    TestImage image = image("one", "a");
    groot.pull(image.uri(), "", "");
    Files.delete(store.resolve("layers").resolve(image.chainIds().get(1)).resolve("size"));

    assertThat(groot.collectGarbage(1_000_000)).containsExactly(image.chainIds().get(1));
  }

  @Test
  void keepsPinnedLayersAndWhatTheyWereMadeOn() {
    TestImage image = image("one", "a");
    groot.pull(image.uri(), "", "");

    assertThat(keeping(image.chainIds().get(1)).collectGarbage(0)).isEmpty();
    assertThat(keeping(image.chainIds().get(0)).collectGarbage(0))
        .containsExactly(image.chainIds().get(1));
  }

  @Test
  void keepsTheLayersThatAPinnedUriHadWhenItWasLastPulled() {
    TestImage before = image("one", "a");
    String uri = before.uri();
    groot = keeping(uri);
    groot.pull(uri, "", "");
    assertThat(groot.collectGarbage(0)).isEmpty();

    TestImage after = image("two", "b");
    TestImage moved =
        new TestImage(directory.resolve("one-a"))
            .layer(new TarBuilder().directory("Files").file("Files/base", "two").bytes());
    assertThat(moved.uri()).isEqualTo(uri);
    groot.pull(uri, "", "");
    groot.pull(after.uri(), "", "");

    assertThat(groot.collectGarbage(0)).contains(before.chainIds().get(0));
    assertThat(groot.layers()).containsExactlyElementsOf(moved.chainIds());

    assertThat(keeping().collectGarbage(0)).containsExactlyElementsOf(moved.chainIds());
    assertThat(DriverStore.names(store.resolve("images"))).isEmpty();
  }

  // groot-image.md §23 case 159
  @Test
  void createsSucceedWhileGarbageIsCollected() throws Exception {
    TestImage image = image("one", "a");
    String uri = image.uri();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      CountDownLatch begun = new CountDownLatch(1);
      Future<?> creates =
          threads.submit(
              () -> {
                for (int i = 0; i < 40; i++) {
                  groot.create(new ImageRequest("web-1", uri, "", "", 0, false));
                  begun.countDown();
                  groot.delete("web-1");
                }
              });
      assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
      int removed = 0;
      while (!creates.isDone()) {
        removed += keeping().collectGarbage(0).size();
      }
      creates.get(30, TimeUnit.SECONDS);
      assertThat(removed).as("layers removed meanwhile").isPositive();
    } finally {
      threads.shutdownNow();
    }
  }

  // groot-image.md §23 case 160
  @Test
  void keepsALayerThatCannotBeRemovedAndRemovesTheOthers() {
    TestImage stuck = image("one", "a");
    TestImage other = image("two", "b");
    groot.pull(stuck.uri(), "", "");
    groot.pull(other.uri(), "", "");
    String child = stuck.chainIds().get(1);
    host.fail(
        FaultRules.of("DestroyLayer[" + store.resolve("layers").resolve(child) + "]=0x80070020@*"));

    assertThat(groot.collectGarbage(0)).containsExactlyInAnyOrderElementsOf(other.chainIds());

    assertThat(store.resolve("layers").resolve(stuck.chainIds().get(0))).exists();
    host.fail(FaultRules.of(""));
    assertThat(groot.collectGarbage(0)).containsExactly(child, stuck.chainIds().get(0));
  }

  @Test
  void removesWhatKilledPullsAndCreatesLeft() throws IOException {
    create("web-1", image("one", "a"));
    Files.createDirectories(store.resolve("volumes/half-made"));
    Files.writeString(
        Files.createDirectories(store.resolve("tmp/pin-dead")).resolve("blob-1"), "rest");
    Files.writeString(store.resolve("pins/pin-dead"), "x");

    groot.collectGarbage(0);

    assertThat(groot.handles()).containsExactly("web-1");
    assertThat(DriverStore.names(store.resolve("tmp"))).isEmpty();
    assertThat(DriverStore.names(store.resolve("pins"))).isEmpty();
  }

  @Test
  void theFirstPullAfterACrashRemovesTheFilesOfThoseThatWereKilled() throws IOException {
    Files.writeString(
        Files.createDirectories(store.resolve("tmp/pin-dead")).resolve("blob-1"), "rest");

    groot.pull(image("one", "a").uri(), "", "");

    assertThat(DriverStore.names(store.resolve("tmp"))).isEmpty();
  }
}
