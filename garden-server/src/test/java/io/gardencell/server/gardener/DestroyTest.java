package io.gardencell.server.gardener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.GardenException;
import io.gardencell.server.stream.RunningProcess;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class DestroyTest extends GardenerTest {

  // guardian.md §20 case 23
  @Test
  void whatWasMadeLastGoesFirstAndTheStateLast() throws IOException {
    create("c");
    plugins.calls.clear();

    destroy("c");

    assertThat(plugins.callsOf("c"))
        .containsExactly("runtime.delete", "network.down", "image.delete");
    assertThat(depot()).isEmpty();
    assertThatThrownBy(() -> get("c")).isInstanceOf(GardenException.ContainerNotFound.class);
  }

  // guardian.md §20 case 24
  @Test
  void whatFailsIsToldInTheReferencesWordsAndCanBeRepeated() throws IOException {
    create("c");
    plugins.fail("image.delete", 1);

    assertThatThrownBy(() -> destroy("c"))
        .hasMessage("1 error occurred:\n\t* image.delete failed\n\n");
    assertThat(all()).containsExactly("c");

    plugins.fail("image.delete", 1);
    // winc-network.md §22 case 103
    plugins.fail("network.down", 1);
    assertThatThrownBy(() -> destroy("c"))
        .hasMessage("2 errors occurred:\n\t* network.down failed\n\t* image.delete failed\n\n");

    destroy("c");
    assertThat(all()).isEmpty();
    assertThat(depot()).isEmpty();
  }

  // guardian.md §20 case 25; a runtime to which a handle is unknown reports success
  @Test
  void aRuntimeThatFailsLosesNothingElse() {
    create("c");
    plugins.calls.clear();
    plugins.fail("runtime.delete", 1);

    assertThatThrownBy(() -> destroy("c")).hasMessageContaining("runtime.delete failed");
    assertThat(plugins.callsOf("c")).containsExactly("runtime.delete", "network.down");
    assertThat(plugins.volumes).contains("c");

    plugins.systems.remove("c");
    destroy("c");
    assertThat(plugins.leftovers()).isEmpty();
  }

  // guardian.md §20 case 26
  @Test
  void anUnknownContainerIsNotFound() {
    assertThatThrownBy(() -> destroy("potato"))
        .isInstanceOf(GardenException.ContainerNotFound.class)
        .hasMessage("unknown handle: potato");
  }

  @Test
  void whoWaitsForAProcessLearnsItsEndBeforeDestroyAnswers() throws Exception {
    RunningProcess process = create("c").run(process("{\"path\":\"x\"}"));

    destroy("c");

    assertThat(process.exited()).isCompletedWithValue(137L);
  }

  @Test
  void whoWaitsForAProcessThatDoesNotEndIsToldThatItsContainerIsGone() {
    RunningProcess process = create("c").run(process("{\"path\":\"x\"}"));
    there(plugins.processes.get(process.pid())).statusWhenKilled = -1;

    destroy("c");

    assertThat(process.exited()).isCompletedExceptionally();
    assertThat(all()).isEmpty();
  }

  @Test
  void twoDestroysOfOneContainerAreTold() throws Exception {
    create("c");
    CountDownLatch down = plugins.hang("network.down");
    var clients = Executors.newSingleThreadExecutor();
    var first = clients.submit(() -> destroy("c"));
    assertThat(becomes(() -> plugins.callsOf("c").contains("network.down"))).isTrue();

    assertThatThrownBy(() -> destroy("c")).hasMessage("container already being destroyed");
    assertThatThrownBy(() -> get("c")).isInstanceOf(GardenException.ContainerNotFound.class);
    down.countDown();
    first.get();
    assertThat(all()).isEmpty();
    clients.shutdown();
  }

  @Test
  void aSidecarGoesWithItsContainerAndItsNameIsFree() throws IOException {
    create("c").run(process("{\"id\":\"pea\",\"path\":\"x\",\"image\":{\"uri\":\"u\"}}"));
    assertThat(plugins.leftovers()).contains("volume pea", "system pea");

    destroy("c");

    assertThat(plugins.leftovers()).isEmpty();
    create("pea");
    assertThat(all()).isEqualTo(List.of("pea"));
  }
}
