package io.gardencell.server.gardener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.BandwidthLimits;
import io.gardencell.api.DiskLimits;
import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.server.cell.CellSettings;
import io.gardencell.server.cell.CellSettings.Policy;
import io.gardencell.server.route.BackendContainer;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class QueriesTest extends GardenerTest {

  // guardian.md §20 case 27
  @Test
  void listShowsCreatedContainersWhosePropertiesMatch() {
    gardener.create(spec("{\"handle\":\"a\",\"properties\":{\"foo\":\"1\"}}"));
    gardener.create(spec("{\"handle\":\"b\"}"));
    gardener.create(spec("{\"handle\":\"hidden\"}"));
    get("hidden").removeProperty("garden.state");

    assertThat(gardener.handles(Map.of())).containsExactly("a", "b");
    assertThat(all()).containsExactly("a", "b", "hidden");
    assertThat(gardener.handles(Map.of("foo", ""))).containsExactly("b");
    assertThat(gardener.handles(Map.of("foo", "1"))).containsExactly("a");
    assertThat(gardener.handles(Map.of("foo", "2"))).isEmpty();
    assertThat(gardener.handles(Map.of("garden.state", "other"))).isEmpty();
  }

  // guardian.md §20 case 28
  @Test
  void infoTellsThatAContainerWasStopped() {
    create("c").stop(false);

    assertThat(get("c").info().state()).isEqualTo("stopped");
    assertThat(get("c").info().containerPath()).isEqualTo(bundle("c").toString());
  }

  // guardian.md §20 case 29
  @Test
  void bulkQueriesTellOfEachContainerWhatTheyCan() {
    create("c");
    plugins.fail("image.usage", 1);
    List<String> asked = List.of("c", "unknown", "..");

    var metrics = gardener.bulkMetrics(asked);
    var infos = gardener.bulkInfo(asked);

    assertThat(there(there(metrics.get("c")).err()).message()).isEqualTo("image.usage failed");
    assertThat(there(there(metrics.get("unknown")).err()).type())
        .isEqualTo("ContainerNotFoundError");
    assertThat(there(there(metrics.get("..")).err()).type()).isEqualTo("ContainerNotFoundError");
    assertThat(there(infos.get("c")).err()).isNull();
    assertThat(there(there(infos.get("unknown")).err()).type()).isEqualTo("ContainerNotFoundError");
  }

  // guardian.md §20 case 30
  @Test
  void figuresAreTheReferences() throws IOException {
    restart(s -> s.with(new Policy("", "127.0.0.1", true, false, 4)));
    gardener.create(
        spec("{\"handle\":\"c\",\"limits\":{\"cpu_limits\":{\"limit_in_shares\":50}}}"));

    var metrics = get("c").metrics();

    assertThat(metrics.memory().totalUsageTowardLimit()).isEqualTo(777);
    assertThat(metrics.memory().totalRss()).isEqualTo(777);
    assertThat(metrics.cpu().usage()).isEqualTo(30);
    assertThat(metrics.pid().current()).isEqualTo(4);
    assertThat(metrics.pid().max()).isZero();
    assertThat(metrics.disk().totalBytesUsed()).isEqualTo(100);
    assertThat(metrics.disk().exclusiveBytesUsed()).isEqualTo(7);
    assertThat(metrics.network()).isNull();
    assertThat(metrics.age()).isBetween(Duration.ofMillis(1), LONG);
    // 50 shares at 4 percent each are two processors.
    assertThat(metrics.cpuEntitlement()).isEqualTo(2 * metrics.age().toNanos());
  }

  @Test
  void figuresAreSampledOnceForAllWhoAskWithinASecond() {
    create("c");

    for (int i = 0; i < 20; i++) {
      get("c").metrics();
    }

    assertThat(plugins.callsOf("c")).filteredOn("runtime.stats"::equals).hasSizeLessThan(20);
  }

  // guardian.md §20 case 32
  @Test
  void capacityIsThePluginsOrTheDisks() {
    assertThat(gardener.capacity().schedulableDiskInBytes()).isEqualTo(12345);
    assertThat(gardener.capacity().maxContainers()).isEqualTo(-1L);

    plugins.fail("image.capacity", 1);
    var fallback = gardener.capacity();
    assertThat(fallback.schedulableDiskInBytes()).isEqualTo(fallback.diskInBytes()).isPositive();
    assertThat(fallback.memoryInBytes()).isPositive();
  }

  // guardian.md §20 case 33
  @Test
  void everyOperationOnAnUnknownContainerSaysSo() {
    Stream<Consumer<BackendContainer>> operations =
        Stream.of(
            BackendContainer::info,
            BackendContainer::metrics,
            BackendContainer::limits,
            BackendContainer::properties,
            c -> c.property("k"),
            c -> c.setProperty("k", "v"),
            c -> c.removeProperty("k"),
            c -> c.setGraceTime(Duration.ofSeconds(1)),
            c -> c.stop(false),
            c -> c.netIn(0, 0),
            c -> c.netOut(List.of()),
            c -> streamIn(c),
            c -> c.streamOut("", "/"),
            c -> c.run(process("{\"path\":\"x\"}")),
            c -> c.attach("p"));
    BackendContainer gone = create("c");
    destroy("c");

    assertThatThrownBy(() -> gardener.get(Handle.parse("c")))
        .isInstanceOf(GardenException.ContainerNotFound.class);
    // One who looked it up before it went learns the same.
    operations.forEach(
        operation ->
            assertThatThrownBy(() -> operation.accept(gone))
                .isInstanceOf(GardenException.ContainerNotFound.class)
                .hasMessage("unknown handle: c"));
  }

  private static void streamIn(BackendContainer container) {
    try {
      container.streamIn("", "/", InputStream.nullInputStream());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  // guardian.md §20 case 34
  @Test
  void diskAndBandwidthLimitsAreNeverTold() {
    gardener.create(
        spec("{\"handle\":\"c\",\"limits\":{\"disk_limits\":{\"byte_hard\":1000000}}}"));

    assertThat(get("c").limits().disk()).isEqualTo(DiskLimits.NONE);
    assertThat(get("c").limits().bandwidth()).isEqualTo(BandwidthLimits.NONE);
  }

  @Test
  void propertiesAreACopyAndTheirSizeIsBounded() throws IOException {
    restart(s -> s.with(new CellSettings.Bounds(0, 8, 400, 8, 16)));
    create("c").setProperty("k", "v");

    assertThatThrownBy(() -> get("c").setProperty("big", "x".repeat(400)))
        .hasMessageContaining("characters (expected: at most 400)");
    assertThat(get("c").properties()).containsEntry("k", "v").doesNotContainKey("big");
    get("c").properties().put("mine", "only");
    assertThat(get("c").properties()).doesNotContainKey("mine");
    assertThatThrownBy(() -> get("c").property("absent"))
        .hasMessage("property does not exist: absent");
    get("c").removeProperty("absent");
  }
}
