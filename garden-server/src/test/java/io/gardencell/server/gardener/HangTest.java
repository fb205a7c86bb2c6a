package io.gardencell.server.gardener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.GardenException;
import io.gardencell.server.cell.CellSettings;
import io.gardencell.server.cell.CellSettings.Bounds;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A host that does not answer costs the operation that asked it, and nobody else. */
class HangTest extends GardenerTest {

  private static final Duration SHORT = Duration.ofMillis(100);

  @ParameterizedTest
  @ValueSource(strings = {"image.create", "runtime.create", "network.up"})
  void aCreateThatComesTooLateIsTakenBack(String step) throws IOException {
    restart(deadlines(SHORT, LONG, LONG, LONG));
    CountDownLatch host = plugins.hang(step);

    assertThatThrownBy(() -> create("c"))
        .hasMessage("create c: no answer from the host within 100 ms");
    assertThat(all()).containsExactly("c");
    host.countDown();

    assertThat(becomes(() -> all().isEmpty())).isTrue();
    assertThat(plugins.leftovers()).isEmpty();
    assertThat(depot()).isEmpty();
  }

  @Test
  void aProcessThatComesTooLateIsEnded() throws IOException {
    restart(deadlines(LONG, SHORT, LONG, LONG));
    create("c");
    CountDownLatch host = plugins.hang("runtime.run");

    assertThatThrownBy(() -> get("c").run(process("{\"id\":\"p\",\"path\":\"x\"}")))
        .hasMessage("run c: no answer from the host within 100 ms");
    host.countDown();

    assertThat(becomes(() -> plugins.processes.values().stream().allMatch(p -> p.exit.isDone())))
        .isTrue();
    assertThat(becomes(() -> idIsFree("p"))).isTrue();
  }

  @Test
  void aProcessThatComesTooLateAndCannotBeEndedIsListed() throws IOException {
    restart(deadlines(LONG, SHORT, LONG, LONG));
    create("c");
    CountDownLatch host = plugins.hang("runtime.run");
    plugins.killsFail = true;

    assertThatThrownBy(() -> get("c").run(process("{\"id\":\"p\",\"path\":\"x\"}")))
        .hasMessageContaining("no answer");
    host.countDown();

    assertThat(becomes(() -> List.of("p").equals(get("c").info().processIds()))).isTrue();
    plugins.processes.values().forEach(p -> p.killFails = false);
    get("c").stop(true);
    assertThat(becomes(() -> get("c").info().processIds() == null)).isTrue();
  }

  private boolean idIsFree(String id) {
    try {
      get("c").run(process("{\"id\":\"" + id + "\",\"path\":\"x\"}"));
      return true;
    } catch (GardenException taken) {
      return false;
    }
  }

  @Test
  void figuresThatHangCostOneThreadForEachContainerAndNobodyElse() throws IOException {
    restart(
        s ->
            s.with(new Bounds(0, 8, 1000, 8, 16))
                .with(new CellSettings.Deadlines(LONG, LONG, LONG, LONG, SHORT, SHORT, SHORT)));
    create("c");
    CountDownLatch host = plugins.hang("runtime.stats");

    for (int i = 0; i < 50; i++) {
      assertThat(there(gardener.bulkMetrics(List.of("c")).get("c")).err()).isNotNull();
    }
    assertThat(plugins.callsOf("c")).filteredOn("runtime.stats"::equals).hasSize(1);
    create("other");
    destroy("c");
    host.countDown();
    assertThat(all()).containsExactly("other");
  }

  @Test
  void aDestroyThatHangsAnswersInTimeAndEndsByItself() throws IOException {
    restart(deadlines(LONG, LONG, SHORT, LONG));
    create("c");
    create("other");
    CountDownLatch host = plugins.hang("runtime.delete");

    assertThatThrownBy(() -> destroy("c"))
        .hasMessage("destroy c: no answer from the host within 100 ms");
    assertThatThrownBy(() -> destroy("c")).hasMessage("container already being destroyed");
    assertThat(get("other").info().state()).isEqualTo("active");
    host.countDown();

    assertThat(becomes(() -> all().equals(List.of("other")))).isTrue();
  }

  @Test
  void whatHangsDoesNotKeepTheServerFromStopping() throws IOException {
    restart(deadlines(LONG, LONG, LONG, SHORT));
    create("c");
    plugins.hang("runtime.stats");
    assertThatThrownBy(() -> get("c").metrics()).hasMessageContaining("no answer");

    long begin = System.nanoTime();
    gardener.close();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
  }

  @Test
  void aSidecarThatComesTooLateLeavesNothingThoughItsContainerIsDestroyedMeanwhile()
      throws IOException {
    create("c");
    restart(deadlines(SHORT, LONG, LONG, LONG));
    CountDownLatch host = plugins.hang("runtime.sidecar");
    assertThatThrownBy(
            () ->
                get("c").run(process("{\"id\":\"pea\",\"path\":\"x\",\"image\":{\"uri\":\"u\"}}")))
        .hasMessageContaining("no answer");

    assertThat(becomes(() -> toldThatItIsBeingStarted("c"))).isTrue();
    host.countDown();

    assertThat(becomes(() -> isDestroyed("c"))).isTrue();
    assertThat(becomes(() -> plugins.leftovers().isEmpty())).isTrue();
    restart();
    create("pea");
  }

  private boolean toldThatItIsBeingStarted(String handle) {
    try {
      destroy(handle);
      return false;
    } catch (GardenException e) {
      return String.valueOf(e.getMessage()).contains("process pea is still being started");
    }
  }

  private boolean isDestroyed(String handle) {
    try {
      destroy(handle);
      return true;
    } catch (GardenException.ContainerNotFound gone) {
      return true;
    } catch (GardenException busy) {
      return false;
    }
  }
}
